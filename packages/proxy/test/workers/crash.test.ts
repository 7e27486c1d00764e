import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdminClient, AdminError } from "../../src/admin/index.ts";
import { Client } from "../support/client.ts";
import { run } from "../support/command.ts";
import { ADMIN_KEY, WorkerGateway } from "../support/worker-gateway.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

const SLOW = { timeout: 30_000 };

/** Two sessions in two workers, and the worker of the first. */
async function openTwo(gateway: WorkerGateway): Promise<readonly [Client, Client, number]> {
  const first = await gateway.open(target.address, "a");
  const second = await gateway.open(target.address, "b");
  const worker = await gateway.workerOf(first);
  expect(await gateway.workerOf(second)).not.toBe(worker);
  return [first, second, worker];
}

describe("a worker that crashes", SLOW, () => {
  test("loses only its own sessions, is logged as an error, and is replaced", async () => {
    await using gateway = await WorkerGateway.start();
    const [first, second, worker] = await openTwo(gateway);
    process.kill(worker, "SIGKILL");
    expect((await first.closed).code).toBe(1006);
    second.control({ type: "ping", id: 1 });
    await second.message("pong");
    const replacement = await gateway.worker(2);
    expect(gateway.logged("worker crashed")).toMatchObject([{ level: "error", worker, how: "SIGKILL", pause_ms: 0 }]);

    const { sessions } = await gateway.admin<{ sessions: { instance: string }[] }>("GET", "/v1/sessions");
    expect(sessions.map(({ instance }) => instance)).toEqual(["b"]);
    const more = [await gateway.open(target.address), await gateway.open(target.address)];
    const now = new Set(await Promise.all(more.map((client) => gateway.workerOf(client))));
    expect(now).toEqual(new Set([replacement, await gateway.workerOf(second)]));
  });

  test("again right after its start is replaced after a pause", async () => {
    await using gateway = await WorkerGateway.start();
    process.kill(await gateway.worker(0), "SIGKILL");
    process.kill(await gateway.worker(2), "SIGKILL");
    await gateway.worker(3);
    expect(gateway.logged("worker crashed").map(({ pause_ms }) => pause_ms)).toEqual([0, 100]);
  });

  test("while it is asked for its metrics neither delays the answer nor counts twice, and no counter falls", async () => {
    await using gateway = await WorkerGateway.start();
    const [, , worker] = await openTwo(gateway);
    expect(await gateway.metric("curfew_session_handshake_seconds_count")).toBe(2);
    process.kill(worker, "SIGSTOP");
    const active = gateway.metric("curfew_sessions_active");
    const opened = gateway.metric("curfew_session_handshake_seconds_count");
    const sessions = gateway.admin<{ sessions: unknown[] }>("GET", "/v1/sessions");
    process.kill(worker, "SIGKILL");
    expect([await active, await opened]).toEqual([1, 2]);
    expect((await sessions).sessions).toHaveLength(1);
    expect(await gateway.metric("curfew_session_handshake_seconds_count")).toBe(2);
  });
});

describe("a worker that hangs", SLOW, () => {
  test("delays answers by 5 s at most and is named in each, beside what the others said", async () => {
    await using gateway = await WorkerGateway.start();
    const [first, second, worker] = await openTwo(gateway);
    const [hung, other] = [(await first.message("hello")).session, (await second.message("hello")).session];
    const third = await gateway.open(target.address, "c");
    const fourth = await gateway.open(target.address, "c");
    expect(
      [await gateway.workerOf(third), await gateway.workerOf(fourth)].filter((pid) => pid === worker),
    ).toHaveLength(1);
    const { id, token } = await gateway.token(target.address);
    const client = new AdminClient({ url: gateway.adminUrl, key: ADMIN_KEY });
    const unavailable = [{ member: `worker ${worker}`, reason: expect.stringContaining("within 5000 ms") as string }];
    process.kill(worker, "SIGSTOP");
    try {
      const [listed, found, missing, opened, printed, revoked, one, ended] = await Promise.all([
        gateway.admin<{ sessions: unknown[] }>("GET", "/v1/sessions"),
        gateway.admin("GET", `/v1/sessions/${other}`),
        gateway.admin("GET", `/v1/sessions/${hung}`),
        gateway.metric("curfew_session_handshake_seconds_count"),
        run(["session", "list", "--json", "--admin", gateway.adminUrl, "--key", ADMIN_KEY]),
        gateway.admin("DELETE", `/v1/tokens/${id}`),
        client.endSession(hung).catch((error: unknown) => error),
        gateway.admin("DELETE", "/v1/sessions?instance=c"),
      ]);
      expect(listed).toMatchObject({ unavailable });
      expect(listed.sessions).toContainEqual(expect.objectContaining({ id: other }));
      expect(found).toMatchObject({ id: other });
      expect(missing).toMatchObject({ status: 500, unavailable });
      // What the worker that hangs has counted was never read.
      expect(opened).toBe(2);
      expect(gateway.logged("metrics are not up to date")).toMatchObject([{ level: "warn", ...unavailable[0] }]);
      expect(printed).toMatchObject({ code: 0, stdout: expect.stringContaining(other) as string });
      expect(printed.stderr).toMatch(new RegExp(`^curfew: warning: sessions of worker ${worker} are missing.*\\n$`));
      expect(revoked).toMatchObject({ status: 500, ended: 0, unavailable });
      expect(revoked["detail"]).toContain("revoked the token and ended 0 sessions, but worker");
      expect(one).toBeInstanceOf(AdminError);
      expect(one).toMatchObject({ status: 500, unavailable });
      expect(ended).toMatchObject({ status: 500, ended: 1, unavailable });
    } finally {
      process.kill(worker, "SIGKILL");
    }
    // Once the worker has ended, answers are complete again.
    await gateway.worker(2);
    expect(await gateway.admin("GET", "/v1/sessions")).toEqual({ sessions: [expect.objectContaining({ id: other })] });
    using late = new Client(gateway.host, token);
    expect((await late.closed).reason).toBe("token_invalid");
  });
});

test("/readyz of the primary says when no worker answers, and is ready again with the first one", SLOW, async () => {
  await using gateway = await WorkerGateway.start();
  const readiness = async (): Promise<readonly [number, string]> => {
    const answer = await fetch(`${gateway.adminUrl}/readyz`);
    return [answer.status, await answer.text()];
  };
  expect(await readiness()).toEqual([200, "ready"]);
  const workers = gateway.workers();
  for (const pid of workers) process.kill(pid, "SIGSTOP");
  try {
    await expect.poll(readiness, { timeout: 10_000 }).toEqual([503, "not ready: workers"]);
    process.kill(workers[0] as number, "SIGCONT");
    await expect.poll(readiness, { timeout: 10_000 }).toEqual([200, "ready"]);
  } finally {
    for (const pid of workers) process.kill(pid, "SIGCONT");
  }
});

describe("a primary that is killed", SLOW, () => {
  test("leaves no worker behind, busy or not", async () => {
    await using gateway = await WorkerGateway.start({}, 3);
    const [first, second] = await openTwo(gateway);
    gateway.command.process.kill("SIGKILL");
    expect([(await first.closed).code, (await second.closed).code]).toEqual([1006, 1006]);
    // The command's output ends when the last process that writes there has.
    await gateway.command.exited;
  });
});
