import { type ByteServer, startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

/** How many files each process of the gateway may have open. */
const DESCRIPTORS = 200;

/** Connections that say nothing. */
class SilentClients implements Disposable {
  readonly #sockets: Socket[] = [];

  constructor(host: string, count: number) {
    const { hostname, port } = new URL(`http://${host}`);
    for (let index = 0; index < count; index += 1) {
      this.#sockets.push(connect(Number(port), hostname).on("error", () => {}));
    }
  }

  /** Waits until each of them is accepted or refused. */
  async settled(): Promise<void> {
    await Promise.all(this.#sockets.map(async (socket) => socket.connecting && (await once(socket, "connect"))));
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

// Linux tells a process its limit and its open descriptors.
describe.skipIf(!existsSync("/proc/self/limits")).each([
  { workers: 1, count: 260 },
  { workers: 2, count: 600 },
])("$count silent connections at a limit of 200 descriptors, with $workers workers", ({ workers, count }) => {
  test("leave the admin API and running sessions alone, and the port answers when they are gone", async () => {
    const options = { workers, descriptors: DESCRIPTORS };
    // Without the limits on connections, which count far fewer silent ones.
    const unlimited = {
      CONNECTIONS_MAX: "1000",
      CONNECTIONS_MAX_PER_CLIENT: "1000",
      CONNECTIONS_MAX_UNAUTHENTICATED: "1000",
      CONNECTIONS_MAX_UNAUTHENTICATED_PER_CLIENT: "1000",
    };
    await using gateway = await WorkerGateway.start({ SESSIONS_MAX: "1000", ...unlimited }, options);
    const sessions = workers * ((DESCRIPTORS - 8 - 2 * 25) / 2);
    const text = "sessions.max needs more file descriptors than ulimit -n allows";
    await gateway.until(() => gateway.logged(text).length === 1);
    expect(gateway.logged(text)).toMatchObject([{ level: "warn", limit: DESCRIPTORS, sessions, max: 1000 }]);
    using victim = await gateway.open(target.address, "vm-1");
    const { session } = await victim.message("hello");
    {
      using silent = new SilentClients(gateway.host, count);
      await silent.settled();
      await expect.poll(() => gateway.readiness()).toEqual([503, expect.stringMatching(/^not ready: /)]);
      expect(await gateway.metric("curfew_max_descriptors")).toBe(DESCRIPTORS);
      expect(await gateway.metric("curfew_open_descriptors")).toBeLessThan(DESCRIPTORS - 40);
      expect(await gateway.metric('curfew_connections_refused_total{reason="descriptors"}')).toBeGreaterThan(0);
      expect(await gateway.admin("GET", `/v1/sessions/${session}`)).toMatchObject({ id: session });
      victim.socket.send(Buffer.from("typed"));
      await victim.bytes(5);
      await gateway.until(() => gateway.logged("connections refused").length > 0);
      const refused = gateway.logged("connections refused");
      // Not one for each of them.
      expect(refused.length).toBeLessThan(20);
      expect(refused[0]).toMatchObject({ level: "warn", reason: "descriptors", limit: DESCRIPTORS });
    }
    await expect.poll(() => gateway.readiness()).toEqual([200, "ready"]);
    for (let opened = 0; opened < 8; opened += 1) {
      using client = await gateway.open(target.address);
      client.socket.send(Buffer.from("typed"));
      await client.bytes(5);
    }
    expect(await gateway.admin("DELETE", `/v1/sessions/${session}`)).toEqual({ ended: 1 });
    expect((await victim.closed).reason).toBe("session_terminated");
  });

  test("keep no client from a console with the limits on connections", async () => {
    await using gateway = await WorkerGateway.start({}, { workers, descriptors: DESCRIPTORS });
    using silent = new SilentClients(gateway.host, count);
    await silent.settled();
    await expect.poll(() => gateway.readiness()).toEqual([200, "ready"]);
    for (let opened = 0; opened < 8; opened += 1) {
      using client = await gateway.open(target.address);
      client.socket.send(Buffer.from("typed"));
      await client.bytes(5);
    }
    expect(await gateway.metric('curfew_connections_refused_total{reason="descriptors"}')).toBe(0);
  });
});

test.skipIf(!existsSync("/proc/self/limits"))(
  "silent connections to the admin API keep the primary from nothing but the admin API",
  async () => {
    await using gateway = await WorkerGateway.start({ SESSIONS_MAX: "10" }, { descriptors: DESCRIPTORS });
    const { token } = await gateway.token(target.address);
    {
      using silent = new SilentClients(new URL(gateway.adminUrl).host, 260);
      await silent.settled();
      process.kill(await gateway.worker(0), "SIGKILL");
      await gateway.worker(2);
      for (let opened = 0; opened < 8; opened += 1) {
        using client = new Client(gateway.host, token);
        await client.message("hello");
      }
    }
    await expect.poll(() => gateway.readiness().catch(() => [])).toEqual([200, "ready"]);
  },
);

/** Each signal makes a process take all descriptors that it can have, or give them back. */
const HOARD = `
import { closeSync, openSync } from "node:fs";
const held = [];
process.on("SIGPWR", () => {
  if (held.length > 0) return held.splice(0).forEach((fd) => closeSync(fd));
  try { for (;;) held.push(openSync("/dev/null", "r")); } catch {}
});`;

test.skipIf(!existsSync("/proc/self/limits"))(
  "workers that had not one descriptor left accept connections again once they have",
  async () => {
    const NODE_OPTIONS = `--import "data:text/javascript,${encodeURIComponent(HOARD)}"`;
    await using gateway = await WorkerGateway.start({}, { descriptors: DESCRIPTORS, env: { NODE_OPTIONS } });
    const workers = gateway.workers();
    for (const pid of workers) process.kill(pid, "SIGPWR");
    await expect.poll(() => gateway.readiness()).toEqual([503, expect.stringContaining("workers")]);
    using lost = new SilentClients(gateway.host, 40);
    await lost.settled();
    for (const pid of workers) process.kill(pid, "SIGPWR");
    await expect.poll(() => gateway.readiness()).toEqual([200, "ready"]);
    for (const worker of workers) {
      using client = await gateway.openIn((opened) => opened === worker, target.address);
      expect(client.socket.readyState).toBe(1);
    }
  },
);
