import { describe, expect, test } from "vitest";
import type { Grant, TokenSource } from "../../src/index.ts";
import { parseEndpoint } from "../../src/net/endpoint.ts";
import { Client } from "../support/client.ts";
import { TestGateway } from "../support/gateway.ts";
import { startByteServer } from "../support/targets.ts";

/** A source that answers every token with this grant, whatever its types say. */
function sourceOf(grant: unknown): () => TokenSource {
  return () => ({ resolve: async () => grant as Grant });
}

function grantFor(address: string): Grant {
  return {
    tokenId: "id",
    type: "serial",
    endpoint: parseEndpoint(address),
    access: "control",
    instance: undefined,
    name: undefined,
    user: undefined,
    expiresAt: Date.now() + 60_000,
  };
}

const tcp = { type: "tcp", host: "127.0.0.1", port: 5901 };

describe("rule 14: a malformed grant of a token source opens nothing, and the error names the field", () => {
  test.each<[string, Record<string, unknown>]>([
    ["tokenId", { tokenId: undefined }],
    ["tokenId", { tokenId: "" }],
    ["type", { type: "constructor" }],
    ["type", { type: "rdp" }],
    ["access", { access: "VIEW" }],
    ["access", { access: null }],
    ["access", { access: undefined }],
    ["user", { user: 7 }],
    ["user", { user: "x".repeat(257) }],
    ["instance", { instance: "\ud800" }],
    ["expiresAt", { expiresAt: String(Date.now() + 60_000) }],
    ["expiresAt", { expiresAt: Number.NaN }],
    ["expiresAt", { expiresAt: 1e300 }],
    ["endpoint", { endpoint: undefined }],
    ["endpoint.type", { endpoint: {} }],
    ["endpoint.type", { endpoint: { ...tcp, type: "udp" } }],
    ["endpoint.host", { endpoint: { ...tcp, host: undefined } }],
    ["endpoint.host", { endpoint: { ...tcp, host: "a\0b" } }],
    ["endpoint.port", { endpoint: { ...tcp, port: "5901" } }],
    ["endpoint.port", { endpoint: { ...tcp, port: 0 } }],
    ["endpoint.serverName", { endpoint: { ...tcp, type: "tls", serverName: 1 } }],
    ["internalAccessPath", { internalAccessPath: "" }],
    ["internalAccessPath", { internalAccessPath: 7 }],
    ["internalAccessPath", { internalAccessPath: "/vm HTTP/1.1\r\nHost: other" }],
    ["internalAccessPath", { internalAccessPath: "/vm\u0085" }],
    ["internalAccessPath", { internalAccessPath: "/vm\u007f" }],
    ["internalAccessPath", { internalAccessPath: "/".repeat(2049) }],
    ["tlsPort", { tlsPort: 0 }],
    ["accessUrlBase", { accessUrlBase: 1 }],
    ["notBefore", { notBefore: "2030-01-02" }],
    ["singleUse", { singleUse: "false" }],
    ["maxSessions", { maxSessions: 0 }],
    ["maxSessions", { maxSessions: 1.5 }],
    ["revalidation", { revalidation: { name: "no method" } }],
    ["endpoint.path", { endpoint: { type: "unix", path: "relative" } }],
  ])("%s: %j", async (field, changes) => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({ source: sourceOf({ ...grantFor(target.address), ...changes }) });
    using client = new Client(gateway.host, "any");
    expect((await client.closed).reason).toBe("internal_error");
    expect(gateway.logged("session ended")).toMatchObject([
      { level: "error", reason: "internal_error", detail: expect.stringContaining(`: ${field}: expected`) as string },
    ]);
    expect((await gateway.admin("GET", "/v1/sessions")).status).toBe(200);
    expect(target.connections).toHaveLength(0);
  });

  test("a text instead of a grant", async () => {
    await using gateway = await TestGateway.start({ source: sourceOf("a grant") });
    using client = new Client(gateway.host, "any");
    expect((await client.closed).reason).toBe("internal_error");
  });

  test("a well-formed one opens the console", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({ source: sourceOf(grantFor(target.address)) });
    using client = new Client(gateway.host, "any");
    await client.message("hello");
  });
});

test("a source that fails on a renewal with a malformed token refuses it as lookup_failed", async () => {
  await using target = await startByteServer({ mode: "sink" });
  let lookups = 0;
  const grant = grantFor(target.address);
  await using gateway = await TestGateway.start({
    source: () => ({
      resolve: async () => {
        lookups += 1;
        if (lookups > 1) throw new Error("down");
        return grant;
      },
    }),
  });
  using client = new Client(gateway.host, "any");
  await client.message("hello");
  client.control('{"type":"renew","id":1,"token":"\\ud800abc"}');
  expect(await client.message("renew_failed")).toMatchObject({ reason: "lookup_failed" });
});

test.each([Number.NaN, Date.now() + 60_000])(
  "a token that is valid from %d on opens nothing before",
  async (notBefore) => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({ source: sourceOf({ ...grantFor(target.address), notBefore }) });
    using client = new Client(gateway.host, "any");
    expect(await client.closed).toMatchObject({ reason: "token_invalid" });
    expect(client.messages.at(-1)).toMatchObject({ type: "bye", detail: "the token is not valid yet" });
    expect(target.connections).toHaveLength(0);
  },
);
