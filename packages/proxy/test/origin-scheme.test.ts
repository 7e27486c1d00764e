import { expect, test } from "vitest";
import type { TokenSource } from "../src/index.ts";
import { parseEndpoint } from "../src/net/endpoint.ts";
import { EndError } from "../src/end-reason.ts";
import { Client } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";
import { startByteServer } from "./support/targets.ts";

function sourceFor(address: string, accessUrlBase: string): TokenSource {
  return {
    resolve: async () => ({
      tokenId: "id",
      type: "serial",
      endpoint: parseEndpoint(address),
      instance: undefined,
      name: undefined,
      user: undefined,
      access: "control",
      expiresAt: Date.now() + 60_000,
      accessUrlBase,
    }),
  };
}

test("a page of another scheme than the token's console URL opens nothing; a client without Origin does", async () => {
  await using target = await startByteServer({ mode: "sink" });
  const source = sourceFor(target.address, "https://dash.example/vnc_lite.html");
  const config = { console: { allowed_origins: ["dash.example"] } };
  await using gateway = await TestGateway.start({ source: () => source, config });
  using plain = new Client(gateway.host, "any", { headers: { Origin: "http://dash.example" } });
  expect((await plain.closed).reason).toBe("origin_not_allowed");
  expect(target.connections).toHaveLength(0);
  using encrypted = new Client(gateway.host, "any", { headers: { Origin: "https://dash.example" } });
  await encrypted.message("hello");
  using program = new Client(gateway.host, "any");
  await program.message("hello");
});

test("a source that knows a token and refuses it gives the reason and the words", async () => {
  const source: TokenSource = {
    resolve: async () => {
      throw new EndError("instance_deleted", "the instance was deleted");
    },
  };
  await using gateway = await TestGateway.start({ source: () => source });
  using client = new Client(gateway.host, "any");
  expect((await client.closed).reason).toBe("instance_deleted");
  expect(await client.message("bye")).toMatchObject({ detail: "the instance was deleted" });
});
