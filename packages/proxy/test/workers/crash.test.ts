import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { join } from "node:path";
import { AdminClient } from "../../src/admin/index.ts";
import { readAuditFile } from "../../src/telemetry/audit/read.ts";
import { type Visit, Visits } from "../../src/telemetry/audit/visits.ts";
import { Client } from "../support/client.ts";
import { run } from "../support/command.ts";
import { inEnoughTime } from "../support/enough-time.ts";
import { stopwatch } from "../support/waited.ts";
import { ADMIN_KEY, WorkerGateway } from "../support/worker-gateway.ts";
import { TestFolder } from "../support/folder.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

/** Two sessions in two workers, and the worker of the first. */
async function openTwo(gateway: WorkerGateway): Promise<readonly [Client, Client, number]> {
  const first = await gateway.open(target.address, "a");
  const worker = await gateway.workerOf(first);
  const second = await gateway.openIn((other) => other !== worker, target.address, "b");
  return [first, second, worker];
}

interface HeldRequests extends Disposable {
  readonly url: string;
  /** Fulfils with the first connection. */
  readonly asked: Promise<void>;
  release(): void;
}

/** A way to the admin API on which a command can start and connect, and whose requests pass only when the test says so. */
async function holdRequests(adminUrl: string): Promise<HeldRequests> {
  const { hostname, port } = new URL(adminUrl);
  const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const relay = createServer((near) => {
    asked.resolve();
    void released.promise.then(() => near.pipe(connect(Number(port), hostname)).pipe(near));
  }).listen(0, "127.0.0.1");
  await once(relay, "listening");
  const url = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
  return { url, asked: asked.promise, release: released.resolve, [Symbol.dispose]: () => void relay.close() };
}

describe("a worker that crashes", () => {
  test("loses only its own sessions, is logged as an error, is replaced, and the audit trail says so", async () => {
    await using folder = await TestFolder.create();
    const audit = join(folder.path, "audit.jsonl");
    await using gateway = await WorkerGateway.start({ AUDIT_PATH: audit });
    const [first, second, worker] = await openTwo(gateway);
    await gateway.admin("POST", "/v1/locks", { user: "mallory" });
    process.kill(worker, "SIGKILL");
    expect((await first.closed).code).toBe(1006);
    second.control({ type: "ping", id: 1 });
    await second.message("pong");
    const replacement = await gateway.worker(2);
    expect(gateway.logged("worker crashed")).toMatchObject([{ level: "error", worker, how: "SIGKILL", pause_ms: 0 }]);

    const visits = new Visits({});
    for await (const line of readAuditFile(audit)) if (line !== undefined) visits.add(line);
    const visitOf = async (client: Client): Promise<Visit | undefined> => {
      const id = (await client.message("hello")).session;
      return visits.all.find(({ session }) => session === id);
    };
    expect(await visitOf(first)).toMatchObject({
      end: "unknown",
      detail: "the end was not written: its process has crashed: SIGKILL",
    });
    expect((await visitOf(second))?.end).toBeNull();

    const { sessions } = await gateway.admin<{ sessions: { instance: string }[] }>("GET", "/v1/sessions");
    expect(sessions.map(({ instance }) => instance)).toEqual(["b"]);
    for (const wanted of [replacement, await gateway.workerOf(second)]) {
      using more = await gateway.openIn((other) => other === wanted, target.address);
      expect(more.socket.readyState).toBe(1);
    }
    // Its replacement knows what was locked before it started, too.
    const body = { type: "serial", target: target.address, user: "mallory" };
    const { token } = await gateway.admin<{ token: string }>("POST", "/v1/tokens", body);
    const locked = Array.from({ length: 16 }, async () => (await new Client(gateway.host, token).closed).reason);
    expect(new Set(await Promise.all(locked))).toEqual(new Set(["forbidden"]));
  });

  test("again right after its start is replaced after a pause", async () => {
    await using gateway = await WorkerGateway.start();
    process.kill(await gateway.worker(0), "SIGKILL");
    process.kill(await gateway.worker(2), "SIGKILL");
    await gateway.worker(3);
    expect(gateway.logged("worker crashed").map(({ pause_ms }) => pause_ms)).toEqual([0, 100]);
  });

  test("with all others leaves the port to their replacements, even one that the system picked", async () => {
    await using gateway = await WorkerGateway.start();
    for (const pid of gateway.workers()) process.kill(pid, "SIGKILL");
    await gateway.worker(3);
    using client = await gateway.open(target.address);
    expect(client.socket.readyState).toBe(1);
  });

  test("while it is asked for its metrics neither delays the answer nor counts twice, and no counter falls", async () => {
    await using gateway = await WorkerGateway.start();
    const [, , worker] = await openTwo(gateway);
    const before = await gateway.metric("curfew_session_handshake_seconds_count");
    process.kill(worker, "SIGSTOP");
    const active = gateway.metric("curfew_sessions_active");
    const opened = gateway.metric("curfew_session_handshake_seconds_count");
    const sessions = gateway.admin<{ sessions: unknown[] }>("GET", "/v1/sessions");
    process.kill(worker, "SIGKILL");
    expect([await active, await opened]).toEqual([1, before]);
    expect((await sessions).sessions).toHaveLength(1);
    expect(await gateway.metric("curfew_session_handshake_seconds_count")).toBe(before);
  });
});

// These wait for the watchdog, one beside the other.
describe.concurrent("a worker that hangs", () => {
  test("is ended and replaced, and every answer that waited for it is complete and names it", async () => {
    await using gateway = await WorkerGateway.start();
    const [first, second, worker] = await openTwo(gateway);
    const [hung, other] = [(await first.message("hello")).session, (await second.message("hello")).session];
    const { id, token } = await gateway.token(target.address);
    const client = new AdminClient({ url: gateway.adminUrl, key: ADMIN_KEY });
    const replaced = [{ member: `worker ${worker}`, reason: "it did not respond for 4 s" }];
    // It starts before: on a busy machine the worker could be replaced by the time that it asks.
    using held = await holdRequests(gateway.adminUrl);
    const printing = run(["session", "list", "--json", "--admin", held.url, "--key", ADMIN_KEY]);
    await held.asked;
    process.kill(worker, "SIGSTOP");
    held.release();
    const [listed, found, missing, opened, printed, revoked, , ended] = await Promise.all([
      gateway.admin<{ sessions: unknown[] }>("GET", "/v1/sessions"),
      gateway.admin("GET", `/v1/sessions/${other}`),
      gateway.admin("GET", `/v1/sessions/${hung}`),
      gateway.metric("curfew_sessions_active"),
      printing,
      gateway.admin("DELETE", `/v1/tokens/${id}`),
      client.endSession(hung),
      gateway.admin("DELETE", "/v1/sessions?instance=c"),
    ]);
    expect(listed).toMatchObject({ replaced });
    expect(listed.sessions).toContainEqual(expect.objectContaining({ id: other }));
    expect(found).toMatchObject({ id: other });
    expect(missing).toMatchObject({ status: 404, replaced });
    expect(opened).toBe(1);
    expect(printed).toMatchObject({ code: 0, stdout: expect.stringContaining(other) as string });
    expect(printed.stderr).toMatch(new RegExp(`^curfew: warning: worker ${worker} was ended with its sessions .*\\n$`));
    expect(revoked).toMatchObject({ id, replaced });
    expect(ended).toEqual({ ended: 0, replaced });
    expect((await first.closed).code).toBe(1006);
    await gateway.worker(2);
    expect(gateway.logged("worker crashed")).toMatchObject([
      { worker, how: "it did not respond for 4 s", pause_ms: 0 },
    ]);
    using late = new Client(gateway.host, token);
    expect((await late.closed).reason).toBe("token_invalid");
  });

  test("keeps no session past the deadline by more than its bound, nor its connection to the target", async ({
    expect,
  }) => {
    await inEnoughTime(3, async (seconds) => {
      await using own = await startByteServer({ mode: "echo" });
      await using gateway = await WorkerGateway.start();
      using client = await gateway.openFor(seconds, own.address);
      process.kill(await gateway.workerOf(client), "SIGSTOP");
      const elapsed = stopwatch([gateway.command.process.pid ?? 0]);
      const { code, reason } = await client.closed;
      // Its worker had ended it before it stood still.
      if (reason === "session_expired") return undefined;
      expect(code).toBe(1006);
      // 4 s of the watchdog and one of its ticks, and the pauses of a busy machine.
      expect(elapsed()).toBeLessThan(8000);
      await own.waitForNoConnections();
      return true;
    });
  });

  test("keeps no slot: the session that replaces one of its sessions opens, and both are counted once", async () => {
    await using gateway = await WorkerGateway.start({
      SESSIONS_MAX: "2",
      SESSIONS_MAX_PER_INSTANCE: "1",
      SESSIONS_ON_LIMIT: "replace",
    });
    const [first, second, worker] = await openTwo(gateway);
    process.kill(worker, "SIGSTOP");
    const connection = await gateway.responsive();
    const next = new Client(gateway.host, (await gateway.token(target.address, "a")).token, { connection });
    await next.message("hello");
    expect((await first.closed).code).toBe(1006);
    second.control({ type: "ping", id: 1 });
    await second.message("pong");
    using third = await gateway.connect(target.address, "c");
    expect((await third.closed).reason).toBe("server_busy");
    next.socket.close(1000);
    await next.closed;
    // Once the primary has heard of the end.
    using fourth = await gateway.openIn(() => true, target.address, "c");
    expect(fourth.socket.readyState).toBe(1);
  });
});

test.concurrent("/readyz of the primary says when a worker does not answer, and is ready again once it does", async ({
  expect,
}) => {
  await using gateway = await WorkerGateway.start();
  await expect.poll(() => gateway.readiness()).toEqual([200, "ready"]);
  const worker = await gateway.worker(0);
  process.kill(worker, "SIGSTOP");
  try {
    await expect
      .poll(() => gateway.readiness())
      .toEqual([
        503,
        // The connection that tries the port is the same worker's, or the other's.
        expect.stringMatching(/^not ready: workers(, listen)?$/),
      ]);
  } finally {
    // It may have been ended for its silence already.
    if (gateway.logged("worker crashed").length === 0) process.kill(worker, "SIGCONT");
  }
  await expect.poll(() => gateway.readiness()).toEqual([200, "ready"]);
});

test.concurrent("/readyz of the workers says when the primary hangs, and sessions keep their deadlines", async ({
  expect,
}) => {
  await using gateway = await WorkerGateway.start();
  using client = await gateway.openFor(4, target.address);
  const readiness = async (): Promise<string> => await (await fetch(`http://${gateway.host}/readyz`)).text();
  gateway.command.process.kill("SIGSTOP");
  await expect.poll(readiness).toBe("not ready: primary, tokens.store");
  expect((await client.closed).reason).toBe("session_expired");
  gateway.command.process.kill("SIGCONT");
  await expect.poll(readiness).toBe("ready");
  expect(gateway.logged("worker crashed")).toEqual([]);
});

describe("a primary that is killed", () => {
  test("leaves no worker behind, busy or not", async () => {
    await using gateway = await WorkerGateway.start({}, { workers: 3 });
    const [first, second] = await openTwo(gateway);
    gateway.command.process.kill("SIGKILL");
    expect([(await first.closed).code, (await second.closed).code]).toEqual([1006, 1006]);
    // The command's output ends when the last process that writes there has.
    await gateway.command.exited;
  });
});
