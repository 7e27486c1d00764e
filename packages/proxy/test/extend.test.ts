import { EXTENDED_ID } from "@curfew/protocol";
import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AdminClient } from "../src/admin/index.ts";
import { Client } from "./support/client.ts";
import { HandClock } from "./support/clock.ts";
import { ADMIN_KEY, TestGateway, type TestGatewayOptions } from "./support/gateway.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

const adminOf = ({ adminUrl }: { readonly adminUrl: string }): AdminClient =>
  new AdminClient({ url: adminUrl, key: ADMIN_KEY });

/** A client whose token is good for a minute, with its session's id. */
async function open(gateway: TestGateway): Promise<{ readonly client: Client; readonly session: string }> {
  const { token } = await gateway.token(target.address);
  const client = new Client(gateway.host, token);
  return { client, session: (await client.message("hello")).session };
}

const start = async (options: TestGatewayOptions["config"] = {}): Promise<TestGateway> =>
  await TestGateway.start({ config: options });

test("an extended session outlives its token until its new end, and its client is told", async () => {
  const clock = new HandClock();
  await using gateway = await TestGateway.start({ clock });
  const { client, session } = await open(gateway);
  const extended = await adminOf(gateway).extendSession(session, 3600);
  const said = await client.message("renewed");
  expect(said).toMatchObject({ id: EXTENDED_ID, renewable: true });
  expect(said.expiresInMs).toBeGreaterThan(3_500_000);
  expect(extended.expires_at).toBe((await adminOf(gateway).getSession(session)).expires_at);
  expect(gateway.logged("session extended")).toMatchObject([{ session, actor: "admin" }]);
  clock.now += 120_000;
  client.socket.send(Buffer.from("still here"));
  await client.bytes(10);
  clock.now += 3_600_000;
  client.socket.send(Buffer.from("too late"));
  expect((await client.closed).reason).toBe("session_expired");
});

test("it cannot outlast the longest duration, end earlier, or have an end where nothing ends it", async () => {
  await using limited = await start({ sessions: { max_duration: 120 } });
  const { client, session } = await open(limited);
  const admin = adminOf(limited);
  const { expires_at, started_at } = await admin.extendSession(session, 3600);
  expect(Math.round((Date.parse(expires_at ?? "") - Date.parse(started_at)) / 1000)).toBe(120);
  expect(await client.message("renewed")).toMatchObject({ renewable: false });
  await expect(admin.extendSession(session, 7200)).rejects.toThrow("the session has its longest duration already");
  await expect(admin.extendSession("unknown", 60)).rejects.toMatchObject({ status: 404 });
  await expect(admin.extendSession(session, -1)).rejects.toMatchObject({ status: 422 });

  await using gateway = await start();
  const other = await open(gateway);
  await expect(adminOf(gateway).extendSession(other.session, 1)).rejects.toMatchObject({ status: 409 });

  await using unenforced = await start({ consoleauth: { enforce_session_timeout: false } });
  const endless = await open(unenforced);
  await expect(adminOf(unenforced).extendSession(endless.session, 60)).rejects.toThrow("its token does not end it");
});

test("a session of a worker is extended, too", async () => {
  await using gateway = await WorkerGateway.start();
  using client = await gateway.open(target.address);
  const { session, expiresInMs } = await client.message("hello");
  await adminOf(gateway).extendSession(session, 7200);
  expect((await client.message("renewed")).expiresInMs).toBeGreaterThan(expiresInMs ?? 0);
  await expect(adminOf(gateway).extendSession(session, 1)).rejects.toMatchObject({ status: 409 });
});
