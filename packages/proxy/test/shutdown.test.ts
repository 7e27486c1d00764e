import { type ByteServer, startByteServer } from "@curfew/testing";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AdminClient } from "../src/admin/index.ts";
import { Command } from "./support/command.ts";
import { TestFolder } from "./support/folder.ts";
import { inParallel } from "./support/in-parallel.ts";
import { RawClient, upgradeRequest } from "./support/raw-client.ts";
import { stopwatch } from "./support/waited.ts";
import { ADMIN_KEY, WorkerGateway } from "./support/worker-gateway.ts";

let echoing: ByteServer;
let flooding: ByteServer;
beforeAll(async () => {
  echoing = await startByteServer({ mode: "echo" });
  flooding = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
});
afterAll(async () => {
  await echoing.close();
  await flooding.close();
});

/** Clients of each kind that does not cooperate. */
const OBSTINATE = 10;

const DRAIN_S = 1;

/** How much later the process may end, in milliseconds. */
const LATE_MS = 2000;

/** A client with a session, which never completes a closing handshake. */
async function deafClient(gateway: WorkerGateway, target: string): Promise<RawClient> {
  const { token } = await gateway.token(target);
  const client = new RawClient(gateway.host);
  client.write(upgradeRequest(`/?token=${token}`, { "Sec-WebSocket-Protocol": "curfew.v1" }));
  await client.until(() => client.frames.length > 0);
  return client;
}

test.each([
  [1, 500],
  [2, 100],
])(
  "with %i workers and %i sessions, SIGTERM tells every client, and the gateway ends in time whatever they do",
  async (workers, count) => {
    const options = { SESSIONS_DRAIN_TIMEOUT: String(DRAIN_S), LOG_LEVEL: "debug" };
    await using gateway = await WorkerGateway.start(options, { workers });
    const clients = await inParallel(count - 2 * OBSTINATE, async () => await gateway.open(echoing.address));
    const deaf = Array.from({ length: OBSTINATE }, async () => await deafClient(gateway, echoing.address));
    const unread = Array.from({ length: OBSTINATE }, async () => {
      const client = await deafClient(gateway, flooding.address);
      client.socket.pause();
      return client;
    });
    const obstinate = await Promise.all([...deaf, ...unread]);

    const elapsed = stopwatch(gateway.pids, { mayEnd: true });
    gateway.command.process.kill("SIGTERM");
    for (const client of clients) {
      expect(await client.closed).toEqual({ code: 4200, reason: "server_draining" });
      expect(client.order).toEqual(["hello", "bye", "close"]);
    }
    for (const client of await Promise.all(deaf)) expect((await client.close()).reason).toBe("server_draining");
    expect(await gateway.command.exited).toBe(0);
    expect(elapsed()).toBeLessThan(DRAIN_S * 1000 + LATE_MS);
    for (const client of obstinate) client[Symbol.dispose]();
    expect(gateway.logged("session ended").filter(({ reason }) => reason === "server_draining")).toHaveLength(count);
    expect(gateway.logged("worker crashed")).toEqual([]);
    await Promise.all([echoing.waitForNoConnections(), flooding.waitForNoConnections()]);
  },
);

test.each([1, 2])(
  "with %i workers, a reader of the audit trail that has stopped holds up the end by a second or two",
  async (workers) => {
    await using folder = await TestFolder.create();
    const fifo = folder.join("stdout");
    execFileSync("mkfifo", [fifo]);
    // Reads nothing of it.
    await using reader = await open(fifo, constants.O_RDWR);
    const launcher = ["sh", "-c", `exec "$@" > ${fifo}`, "sh"];
    const args = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--workers", String(workers)];
    const env = {
      CURFEW_TOKENS_PATH: ":memory:",
      CURFEW_ADMIN_KEY: ADMIN_KEY,
      CURFEW_AUDIT_PATH: "-",
      CURFEW_LOG_LEVEL: "debug",
    };
    await using command = new Command(["serve", ...args], env, { launcher });
    const listening = (): Record<string, unknown> | undefined => command.logged("listening")[0];
    while (listening() === undefined) await once(command.process.stderr, "data");
    const admin = new AdminClient({ url: String(listening()?.["admin_url"]), key: ADMIN_KEY });
    const written = async (): Promise<string> => /^curfew_audit_lines_total .*/m.exec(await admin.metrics())?.[0] ?? "";
    const long = "x".repeat(250);
    for (let before = "", now = await written(); now !== before; before = now, now = await written()) {
      for (let count = 0; count < 50; count += 1) {
        await admin.issueToken({ type: "serial", target: echoing.address, user: long, instance: long });
      }
    }
    const children = command.logged("worker listens").map(({ worker }) => Number(worker));
    const elapsed = stopwatch([command.process.pid ?? 0, ...children], { mayEnd: true });
    command.process.kill("SIGTERM");
    expect(await once(command.process, "exit")).toEqual([0, null]);
    expect(elapsed()).toBeLessThan(workers * 1000 + LATE_MS);
    expect((await reader.read(Buffer.alloc(4096))).bytesRead).toBe(4096);
  },
);
