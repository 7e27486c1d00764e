import { writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConfigInput, parseConfig } from "../../src/index.ts";
import { openTargetTls } from "../../src/targets/target-tls.ts";
import { type Issued, TestAuthority } from "../support/authority.ts";
import { Client } from "../support/client.ts";
import { listenAtEndpoint, SocketFolder } from "../support/endpoint-server.ts";
import { SettableClock } from "../support/clock.ts";
import { TestGateway } from "../support/gateway.ts";

let authority: TestAuthority;
let issued: Issued;
beforeAll(async () => {
  authority = await TestAuthority.create();
  issued = await authority.issue("gateway");
});
afterAll(() => authority[Symbol.dispose]());

/** How a session ends whose TLS target does this with the connection, and what the log says. */
async function endAt(serve: (socket: Socket, gateway: TestGateway, clock: SettableClock) => unknown) {
  using folder = new SocketFolder();
  const connected = Promise.withResolvers<Socket>();
  await using target = await listenAtEndpoint("tls", (socket) => connected.resolve(socket));
  const ca = `${folder.path}/ca.pem`;
  writeFileSync(ca, target.ca ?? "");
  const clock = new SettableClock();
  await using gateway = await TestGateway.start({
    clock,
    config: { targets: { tls_ca_certs: ca, connect_timeout: 10 } },
  });
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await serve(await connected.promise, gateway, clock);
  const { reason } = await client.closed;
  const [ended] = gateway.logged("session ended");
  return { reason, detail: ended?.["detail"], cause: ended?.["cause"] };
}

test("a TLS target that closes without a word right behind the handshake may miss the gateway's certificate", async () => {
  expect(await endAt((socket) => socket.end())).toEqual({
    reason: "target_security_failed",
    detail: "the console closed the connection after the TLS handshake",
    cause: "it may expect another certificate of the gateway (targets.tls_client_cert)",
  });
});

test("a TLS target that closes behind its first bytes, or later, closes as any other", async () => {
  const detail = "the console closed the connection";
  expect(await endAt((socket) => socket.end("welcome"))).toMatchObject({ reason: "target_closed", detail });
  const later = await endAt(async (socket, gateway, clock) => {
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.phase).toBe("relaying");
    clock.passed = 10_000;
    socket.end();
  });
  expect(later).toMatchObject({ reason: "target_closed", detail });
});

test.each<[string, (socket: Socket) => void, string, string]>([
  ["speaks first", (socket) => void socket.write("RFB 003.008\n"), "target_security_failed", "does not speak TLS"],
  [
    "speaks something else",
    (socket) => void socket.once("data", () => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")),
    "target_security_failed",
    "does not speak TLS",
  ],
  ["closes", (socket) => void socket.destroy(), "target_unreachable", "closed the connection during"],
  [
    "closes once it is spoken to",
    (socket) => void socket.once("data", () => socket.destroy()),
    "target_unreachable",
    "closed the connection during",
  ],
])("a target without TLS that %s is told from one that is away", async (_what, serve, reason, detail) => {
  await using target = await listenAtEndpoint("tcp", serve);
  // Files are looked at before TLS begins, so the server may be faster.
  await using gateway = await TestGateway.start({ config: { targets: { tls_ca_certs: issued.cert } } });
  const { token } = await gateway.token(`tls://${target.address}`);
  using client = new Client(gateway.host, token);
  expect((await client.closed).reason).toBe(reason);
  const [ended] = gateway.logged("session ended");
  expect(ended?.["detail"]).toContain(`the console ${detail}`);
  expect(ended?.["cause"]).toBeDefined();
});

test("the certificates of targets and of the gateway are checked at the start, and named by their options", async () => {
  const { cert, key } = issued;
  const open = (targets: ConfigInput["targets"]): unknown => openTargetTls(parseConfig({ targets }).targets, () => {});
  expect(open({})).toEqual({ checkServerName: true });
  expect(open({ tls_check_server_name: false })).toEqual({ checkServerName: false });
  expect(open({ tls_client_cert: cert, tls_client_key: key })).toHaveProperty("context");
  expect(() => open({ tls_ca_certs: key })).toThrow("targets.tls_ca_certs: expected a certificate in PEM");
  expect(() => open({ tls_ca_certs: "/none.pem" })).toThrow("targets.tls_ca_certs: /none.pem cannot be read");
  expect(() => open({ tls_client_cert: cert })).toThrow("targets.tls_client_cert: expected the private key");
});
