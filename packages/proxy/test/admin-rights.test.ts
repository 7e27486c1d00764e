import { type ByteServer, startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RIGHTS } from "../src/admin/keys.ts";
import { type OperationName, OPERATIONS } from "../src/admin/operations.ts";
import { sha256 } from "../src/sha256.ts";
import type { GatewayEvent } from "../src/telemetry/events.ts";
import { Client } from "./support/client.ts";
import { ADMIN_KEY, TestGateway } from "./support/gateway.ts";

const keyOf = (right: string): string => `the-key-of-the-tests-for-${right}`;

const keys = RIGHTS.map((right) => ({
  name: `${right}-only`,
  sha256: sha256(keyOf(right)).toString("hex"),
  rights: [right],
}));

const events: GatewayEvent[] = [];
let target: ByteServer;
let gateway: TestGateway;
let client: Client;
beforeAll(async () => {
  target = await startByteServer({ mode: "sink" });
  gateway = await TestGateway.start({
    config: { admin: { keys } },
    observers: [{ name: "test", notify: (event) => void events.push(event) }],
  });
  const { token } = await gateway.token(target.address, { instance: "vm-1" });
  client = new Client(gateway.host, token);
  await client.message("hello");
});
afterAll(async () => {
  client[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
  await target.close();
});

const operations = Object.entries(OPERATIONS);

/** A body that would have an effect. */
const BODIES: Readonly<Record<string, object>> = {
  issueToken: { type: "serial", target: "127.0.0.1:5901" },
  introspectToken: { token: "unknown" },
  revokeTokenItself: { token: "unknown" },
  lock: { user: "mallory" },
  extendSession: { ttl: 60 },
};

interface Call {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** Calls an operation, of a token, session or lock that does not exist where it names one. */
async function call(name: string, { key, headers = {} }: Call): Promise<Response> {
  const { method, path } = OPERATIONS[name as OperationName];
  const query = name === "endSessions" ? "?instance=vm-2" : "";
  const body = BODIES[name];
  const response = await fetch(`${gateway.adminUrl}${path.replace(":id", "unknown")}${query}`, {
    method,
    headers: {
      ...(key !== undefined && { Authorization: `Bearer ${key}` }),
      "Content-Type": "application/json",
      ...(headers as Readonly<Record<string, string>>),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // That of followEvents has no end.
  await response.body?.cancel();
  return response;
}

/** What was asked for, or has been done, since the last call. */
function effects(): readonly string[] {
  const types = events.splice(0).map(({ type }) => type);
  return types.filter((type) => !["admin_called", "admin_refused"].includes(type));
}

type Headers = Readonly<Record<string, string>>;

const SIMPLE_REQUESTS: readonly (readonly [what: string, method: string, headers: Headers, body: string])[] = [
  ["a form", "POST", { "Content-Type": "application/x-www-form-urlencoded" }, "_method=DELETE"],
  ["text", "POST", { "Content-Type": "text/plain", "X-HTTP-Method-Override": "DELETE" }, "{}"],
  ["an image", "GET", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image" }, ""],
  ["an image of a page whose name was rebound", "GET", { Host: "evil.example" }, ""],
];

describe.each(operations)("%s", (name, { right }) => {
  test("is not answered without a key, with a wrong one, or to a page that has the right one", async () => {
    effects();
    // As often as an address may fail before it gets another answer.
    const statuses = new Set([401, 403, 429]);
    expect(statuses).toContain((await call(name, {})).status);
    expect(statuses).toContain((await call(name, { key: "a-wrong-key-of-the-tests" })).status);
    for (const headers of [{ Origin: gateway.adminUrl }, { Origin: "null" }, { "Sec-Fetch-Site": "same-origin" }]) {
      const response = await call(name, { key: ADMIN_KEY, headers });
      expect([403, 429]).toContain(response.status);
      expect([...response.headers.keys()].filter((header) => header.startsWith("access-control-"))).toEqual([]);
    }
    expect(effects()).toEqual([]);
  });

  test.each(SIMPLE_REQUESTS)(
    "is not called by %s, which a page can send or show without asking",
    async (_what, method, headers, body) => {
      effects();
      const { path } = OPERATIONS[name as OperationName];
      const url = `${gateway.adminUrl}${path.replace(":id", "unknown")}?all=true&instance=vm-1&key=${ADMIN_KEY}`;
      const sent = request(url, { method, headers: { Cookie: `key=${ADMIN_KEY}`, ...headers } }).end(body);
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      response.resume();
      expect([401, 403, 429]).toContain(response.statusCode);
      expect(effects()).toEqual([]);
      expect(gateway.proxy.sessions.size).toBe(1);
    },
  );

  test.each(RIGHTS)("needs its right: a key that has only %s", async (only) => {
    effects();
    const response = await call(name, { key: keyOf(only) });
    const isAllowed = only === right || only === "admin";
    expect(response.status === 403).toBe(!isAllowed);
    const scope = isAllowed ? null : `Bearer realm="curfew", error="insufficient_scope", scope="${right}"`;
    expect(response.headers.get("www-authenticate")).toBe(scope);
    expect(isAllowed ? [] : effects()).toEqual([]);
  });
});

test("the simple requests that a page can send without asking have no effect, and no preflight succeeds", async () => {
  effects();
  const site = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
    const headers = { ...site, "Content-Type": type };
    const body = JSON.stringify(BODIES["issueToken"]);
    const response = await fetch(`${gateway.adminUrl}/v1/tokens`, { method: "POST", headers, body });
    expect([403, 429]).toContain(response.status);
  }
  const preflight = await fetch(`${gateway.adminUrl}/v1/sessions?all=true`, {
    method: "OPTIONS",
    headers: {
      ...site,
      "Access-Control-Request-Method": "DELETE",
      "Access-Control-Request-Headers": "authorization",
    },
  });
  expect(preflight.ok).toBe(false);
  for (const path of ["/healthz", "/readyz", "/metrics", "/v1/sessions"]) {
    const { headers } = await fetch(gateway.adminUrl + path, { headers: site });
    expect([...headers.keys()].filter((header) => header.startsWith("access-control-"))).toEqual([]);
  }
  expect(effects()).toEqual([]);
  expect(gateway.proxy.sessions.size).toBe(1);
});

test("the name of the key is in what observers hear", async () => {
  events.length = 0;
  await call("issueToken", { key: keyOf("issue") });
  const actor = { name: "issue-only", address: "127.0.0.1" };
  expect(events).toMatchObject([
    { type: "token_requested", actor },
    { type: "token_issued", actor },
    { type: "admin_called", actor, status: 201 },
  ]);
});

test("a token in place of an id gets no further than the request, whatever its answer", async () => {
  const { token } = await gateway.token(target.address);
  events.length = 0;
  const paths = operations.flatMap(([, { method, path }]) => (path.includes(":id") ? [[method, path] as const] : []));
  for (const [method, path] of paths) {
    for (const [key, query] of [
      [ADMIN_KEY, ""],
      [ADMIN_KEY, "?unknown=1"],
      [keyOf("issue"), ""],
      [keyOf("read"), ""],
    ] as const) {
      const { status } = await fetch(`${gateway.adminUrl}${path.replace(":id", token)}${query}`, {
        method,
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        ...(method === "POST" && { body: '{"ttl":60}' }),
      });
      expect([403, 404]).toContain(status);
    }
  }
  expect(events).toHaveLength(4 * paths.length);
  expect(JSON.stringify(events)).not.toContain(token);
  expect(gateway.logLines.join("")).not.toContain(token);
});

test("a caller that goes away within its body is no failure of the gateway", async () => {
  events.length = 0;
  const lines = gateway.logLines.length;
  const sent = request(`${gateway.adminUrl}/v1/tokens`, {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_KEY}` },
  });
  sent.on("error", () => {}).write("{");
  const [socket] = (await once(sent, "socket")) as [Socket];
  // The gateway reads both in this order.
  await expect.poll(() => socket.bytesWritten).toBeGreaterThan(0);
  await fetch(`${gateway.adminUrl}/healthz`);
  sent.destroy();
  await expect.poll(() => events).toMatchObject([{ type: "admin_called", status: 400 }]);
  expect(gateway.logLines.slice(lines).filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
