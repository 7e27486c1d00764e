import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Client } from "../support/client.ts";
import { WorkerGateway } from "../support/worker-gateway.ts";

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
  test("takes only its own sessions along, is logged as an error, and is replaced", async () => {
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

  test("while it is asked for its metrics neither holds the page up nor counts twice, and no counter falls", async () => {
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

  test("that hangs does not hold the page up for ever, and an operator is told that ending its session failed", async () => {
    await using gateway = await WorkerGateway.start();
    const [, , worker] = await openTwo(gateway);
    process.kill(worker, "SIGSTOP");
    try {
      const ended = gateway.admin("DELETE", "/v1/sessions?all=true");
      const opened = gateway.metric("curfew_session_handshake_seconds_count");
      expect([await opened, (await ended)["status"]]).toEqual([1, 500]);
    } finally {
      process.kill(worker, "SIGKILL");
    }
  });
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
