import { type ByteServer, startByteServer } from "@curfew/testing";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Command } from "./support/command.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

const SIGNALS = ["SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** Whether a process has handlers of its own: that for SIGXFSZ is the last one. */
function ignoresSignals(pid: number): boolean {
  const [, caught = "0"] = /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return ((BigInt(`0x${caught}`) >> BigInt(constants.signals.SIGXFSZ - 1)) & 1n) === 1n;
}

describe.each([1, 2])("with %i workers", (workers) => {
  /** The process ids of the gateway. */
  const processes = (gateway: WorkerGateway): readonly number[] => [
    gateway.command.process.pid as number,
    ...gateway.workers(),
  ];

  test("signals that mean nothing neither end the gateway nor open a debugger", async () => {
    await using gateway = await WorkerGateway.start({}, { workers });
    using client = await gateway.open(target.address);
    for (const signal of [...SIGNALS, "SIGXFSZ"]) for (const pid of processes(gateway)) process.kill(pid, signal);
    const ignored = "signal ignored: SIGTERM and SIGINT stop the gateway";
    await gateway.until(() => gateway.logged(ignored).length === SIGNALS.length - 1);
    await gateway.until(() => gateway.logged("SIGHUP: the configuration was read again").length === 1);
    client.control({ type: "ping", id: 1 });
    await client.message("pong");
    await expect.poll(() => gateway.readiness()).toEqual([200, "ready"]);
    expect(gateway.command.stderr).not.toContain("Debugger");
    expect(gateway.logged("worker crashed")).toEqual([]);
  });

  /** A gateway that has just begun to start: before that, Node itself starts. */
  const starting = async (): Promise<Command> => {
    const args = ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--workers", String(workers)];
    const command = new Command(args, { CURFEW_TOKENS_PATH: ":memory:" });
    await expect.poll(() => ignoresSignals(command.process.pid ?? 0), { interval: 1 }).toBe(true);
    return command;
  };

  test.runIf(process.platform === "linux")("nor do they while it starts", async () => {
    await using command = await starting();
    for (const signal of SIGNALS) command.process.kill(signal);
    await command.printed(/listens at/);
    expect(command.stderr).not.toContain("Debugger");
  });

  test.runIf(process.platform === "linux")("SIGTERM while it starts stops it as soon as it has started", async () => {
    await using command = await starting();
    command.process.kill("SIGTERM");
    expect(await command.exited).toBe(0);
    expect(command.stderr).not.toContain("crashed");
    expect(command.stderr).not.toContain("Error");
  });

  test("a thousand SIGHUPs, also while it drains, cost fewer reloads, and SIGTERM is obeyed meanwhile", async () => {
    await using gateway = await WorkerGateway.start({ SESSIONS_DRAIN_TIMEOUT: "3600" }, { workers });
    const reloads = (): number => gateway.logged("SIGHUP: the configuration was read again").length;
    using client = await gateway.open(target.address);
    const hangUp = (): void => {
      for (let count = 0; count < 1000; count += 1) gateway.command.process.kill("SIGHUP");
    };
    hangUp();
    await gateway.until(() => reloads() > 0);
    hangUp();
    gateway.command.process.kill("SIGTERM");
    await gateway.until(() => gateway.logged("draining").length > 0);
    const before = reloads();
    hangUp();
    await gateway.until(() => reloads() > before);
    client.control({ type: "ping", id: 1 });
    await client.message("pong");
    client.socket.close(1000);
    expect(await gateway.command.exited).toBe(0);
    expect(reloads()).toBeLessThan(1500);
    expect(gateway.logged("SIGHUP: the configuration cannot be used; the old one stays")).toEqual([]);
  });

  test("an exception that is not caught ends no session, is logged once a second, and counted", async () => {
    // Each process throws where nothing catches it when it gets the signal.
    const fault = "process.on('SIGPWR', () => { throw new Error('a fault in a callback'); })";
    const NODE_OPTIONS = `--import "data:text/javascript,${encodeURIComponent(fault)}"`;
    await using gateway = await WorkerGateway.start({}, { workers, env: { NODE_OPTIONS } });
    using client = await gateway.open(target.address);
    const all = processes(gateway);
    for (const pid of all) process.kill(pid, "SIGPWR");
    await gateway.until(() => gateway.logged("uncaught error").length === all.length);
    for (const line of gateway.logged("uncaught error")) {
      expect(line).toMatchObject({ level: "error", err: { message: "a fault in a callback" } });
    }
    await expect.poll(() => gateway.metric("curfew_uncaught_errors_total")).toBe(all.length);
    client.control({ type: "ping", id: 1 });
    await client.message("pong");
    gateway.command.process.kill("SIGTERM");
    client.socket.close(1000);
    expect(await gateway.command.exited).toBe(0);
  });
});

test("a clock that is set while the gateway runs is told and counted", async () => {
  const fault = "process.on('SIGPWR', () => { const now = Date.now; Date.now = () => now() + 3600e3; })";
  const NODE_OPTIONS = `--import "data:text/javascript,${encodeURIComponent(fault)}"`;
  await using gateway = await WorkerGateway.start({}, { workers: 1, env: { NODE_OPTIONS } });
  gateway.command.process.kill("SIGPWR");
  await gateway.until(() => gateway.logged("the clock was set forward").length > 0);
  await expect.poll(() => gateway.metric("curfew_clock_steps_total")).toBe(1);
});

test("a gateway goes on when the files of its package disappear, as in an upgrade", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-upgrade-"));
  const real = fileURLToPath(new URL("..", import.meta.url));
  for (const part of ["src", "package.json"]) await cp(join(real, part), join(folder, part), { recursive: true });
  await symlink(join(real, "node_modules"), join(folder, "node_modules"));
  await using gateway = await WorkerGateway.start({}, { workers: 1, program: join(folder, "src/cli/main.ts") });
  await gateway.until(() => gateway.logged("everything is loaded").length === 1);
  await rm(folder, { recursive: true });
  expect(await gateway.metric("curfew_sessions_active")).toBe(0);
  using client = await gateway.open(target.address);
  expect(await gateway.admin("DELETE", "/v1/sessions?all=true")).toEqual({ ended: 1 });
  expect((await client.closed).reason).toBe("session_terminated");
  gateway.command.process.kill("SIGTERM");
  expect(await gateway.command.exited).toBe(0);
});
