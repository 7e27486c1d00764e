import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../support/command.ts";
import { WorkerGateway } from "../support/worker-gateway.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

/** Asks until the operators' listener says that the gateway drains. */
async function draining(gateway: WorkerGateway): Promise<void> {
  await expect.poll(async () => (await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(503);
}

describe("a signal", () => {
  test("drains every worker: running sessions finish, new ones are refused, and all ends with status 0", async () => {
    await using gateway = await WorkerGateway.start({ SESSIONS_DRAIN_TIMEOUT: "3600" });
    using first = await gateway.open(target.address);
    using second = await gateway.open(target.address);
    await expect.poll(async () => (await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200);
    gateway.command.process.kill("SIGTERM");
    await draining(gateway);
    await expect.poll(async () => (await fetch(`http://${gateway.host}/readyz`)).status).toBe(503);
    for (const client of [first, second]) {
      client.control({ type: "ping", id: 1 });
      await client.message("pong");
    }
    using late = await gateway.connect(target.address);
    expect((await late.closed).reason).toBe("server_draining");
    first.socket.close(1000);
    second.socket.close(1000);
    expect(await gateway.command.exited).toBe(0);
    expect(gateway.logged("stopped").filter(({ worker }) => worker === undefined)).toHaveLength(1);
    expect(gateway.logged("worker crashed")).toEqual([]);
    const lines = gateway.logged("draining");
    expect(lines.filter(({ worker }) => worker === undefined)).toMatchObject([{ workers: 2, timeout_ms: 3_600_000 }]);
    const sessions = lines.flatMap((line) => (line["worker"] === undefined ? [] : Number(line["sessions"])));
    expect(sessions).toHaveLength(2);
    expect(sessions.reduce((sum, count) => sum + count)).toBe(2);
    await target.waitForNoConnections();
  });

  test("to the workers alone does nothing, as a terminal's goes to all processes", async () => {
    await using gateway = await WorkerGateway.start();
    using client = await gateway.open(target.address);
    const worker = await gateway.workerOf(client);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.kill(worker, signal);
    client.control({ type: "ping", id: 1 });
    await client.message("pong");
    await expect.poll(async () => (await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200);
  });

  test("that is the second one ends all sessions at once", async () => {
    await using gateway = await WorkerGateway.start({ SESSIONS_DRAIN_TIMEOUT: "3600" });
    const clients = [await gateway.open(target.address), await gateway.open(target.address)];
    gateway.command.process.kill("SIGINT");
    await draining(gateway);
    gateway.command.process.kill("SIGINT");
    for (const client of clients) expect(await client.closed).toEqual({ code: 4200, reason: "server_draining" });
    expect(await gateway.command.exited).toBe(0);
  });

  test("is obeyed, too, when a worker crashes while it drains", async () => {
    await using gateway = await WorkerGateway.start({ SESSIONS_DRAIN_TIMEOUT: "3600" });
    const clients = [await gateway.open(target.address), await gateway.open(target.address)] as const;
    const worker = await gateway.workerOf(clients[0]);
    gateway.command.process.kill("SIGTERM");
    await draining(gateway);
    process.kill(worker, "SIGKILL");
    await clients[0].closed;
    clients[1].socket.close(1000);
    expect(await gateway.command.exited).toBe(0);
    expect(gateway.logged("worker crashed")).toMatchObject([{ worker, how: "SIGKILL" }]);
    expect(gateway.logged("worker listens")).toHaveLength(2);
  });

  test("right after a worker has crashed starts no other", async () => {
    await using gateway = await WorkerGateway.start();
    const primary = gateway.command.process;
    // It gets both signals in one turn, the one about its worker second.
    primary.kill("SIGSTOP");
    process.kill(await gateway.worker(0), "SIGKILL");
    primary.kill("SIGTERM");
    primary.kill("SIGCONT");
    expect(await gateway.command.exited).toBe(0);
    expect(gateway.logged("worker listens")).toHaveLength(2);
  });
});

test("what the workers cannot do is said in one line, with exit status 1", async () => {
  await using gateway = await WorkerGateway.start();
  const env = { CURFEW_TOKENS_PATH: ":memory:", CURFEW_LOG_LEVEL: "silent" };
  const admin = new URL(gateway.adminUrl).host;
  const serve = ["serve", "--workers"];
  const [listen, adminListen, workers] = await Promise.all([
    run([...serve, "2", "--listen", gateway.host, "--admin-listen", "127.0.0.1:0"], env),
    run([...serve, "2", "--listen", "127.0.0.1:0", "--admin-listen", admin], env),
    run([...serve, "none"], env),
  ]);
  expect(listen).toEqual({
    code: 1,
    stdout: "",
    stderr: `curfew: listen: cannot listen at ${gateway.host}: EADDRINUSE\n`,
  });
  expect(adminListen).toEqual({
    code: 1,
    stdout: "",
    stderr: `curfew: admin.listen: cannot listen at ${admin}: EADDRINUSE\n`,
  });
  expect(workers).toMatchObject({ code: 1, stderr: expect.stringContaining("expected a whole number of 1 or more") });
});
