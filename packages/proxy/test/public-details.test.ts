import { MAX_CONTROL_BYTES } from "@curfew/protocol";
import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { TestGateway, type TestGatewayOptions } from "./support/gateway.ts";

/** A port at which nothing listens. */
async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const FAR = { targets: { allow: ["192.0.2.0/24"] } };

test.each<[string, () => Promise<string>, TestGatewayOptions, RegExp]>([
  ["forbidden", async () => "10.9.8.7:5901", { config: FAR }, /10\.9\.8\.7:5901 is not in targets\.allow/],
  ["target_not_found", async () => "vm.invalid:5901", {}, /vm\.invalid:5901/],
  ["target_unreachable", async () => `127.0.0.1:${await unusedPort()}`, {}, /127\.0\.0\.1:\d+/],
])("%s: the client is told in words, and the log names the address", async (reason, address, options, logged) => {
  await using gateway = await TestGateway.start(options);
  const { token } = await gateway.token(await address());
  using client = new Client(gateway.host, token);
  expect((await client.closed).reason).toBe(reason);
  const { detail = "" } = await client.message("bye");
  expect(detail).toMatch(/console/);
  expect(detail).not.toMatch(/\d|vm\.|targets|allow/);
  expect(gateway.logged("session ended")[0]?.["cause"]).toMatch(logged);
});

test("a refused renewal does not name the other console", async () => {
  await using target = await startByteServer({ mode: "sink" });
  await using gateway = await TestGateway.start();
  const [{ token }, other] = [await gateway.token(target.address), await gateway.token("10.9.8.7:5901")];
  using client = new Client(gateway.host, token);
  await client.message("hello");
  client.control({ type: "renew", id: 1, token: other.token });
  expect((await client.message("renew_failed")).detail).toBe("the token is for another console");
});

test("no text makes a message longer than the protocol allows", async () => {
  await using target = await startByteServer({ mode: "sink" });
  await using gateway = await TestGateway.start();
  using client = new Client(gateway.host, (await gateway.token(target.address)).token);
  await client.message("hello");
  gateway.proxy.sessions.endAll("session_terminated", "\u0001\u{1f642}".repeat(9000));
  expect((await client.closed).reason).toBe("session_terminated");
  expect((await client.message("bye")).reason).toBe("session_terminated");
  expect(Math.max(...client.texts.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(MAX_CONTROL_BYTES);

  const endpoint = { type: "tcp", host: "a".repeat(9000), port: 5901 } as const;
  await using other = await TestGateway.start({
    source: (store) => ({
      resolve: async (token) => {
        const grant = await store.resolve(token);
        return grant && { ...grant, endpoint };
      },
    }),
  });
  using tooLong = new Client(other.host, (await other.token(target.address)).token);
  expect(await tooLong.message("bye")).toMatchObject({ reason: "internal_error", detail: "the gateway failed" });
});
