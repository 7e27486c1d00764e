import { type ByteServer, startByteServer } from "@curfew/testing";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { run } from "./support/command.ts";
import { fillDisk, freeDisk } from "./support/full-disk.ts";
import { TestGateway } from "./support/gateway.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";
import { TestFolder } from "./support/folder.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "sink" });
});
afterAll(() => target.close());

type Line = Readonly<Record<string, unknown>>;

/** The lines of a file; fails for one that was cut off. */
function linesOf(file: string): readonly Line[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

test("who had which console, from where, when, and what ended it, is in the trail, and no token is", async () => {
  await using folder = await TestFolder.create();
  const path = join(folder.path, "audit.jsonl");
  const issued: string[] = [];
  {
    const record = join(folder.path, "console");
    await using gateway = await TestGateway.start({ config: { record, audit: { path, required: true } } });
    const body = { type: "serial", target: target.address, instance: "vm-1", user: "alice" };
    const { token } = (await (await gateway.admin("POST", "/v1/tokens", body)).json()) as { token: string };
    issued.push(token);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    client.control({ type: "renew", id: 1, token: "nonsense" });
    await client.message("renew_failed");
    await gateway.admin("DELETE", "/v1/sessions?instance=vm-1");
    await client.closed;
    await gateway.admin("GET", "/v1/sessions", undefined, "a-wrong-key-of-the-tests");
    await expect.poll(async () => await (await fetch(`${gateway.adminUrl}/readyz`)).text()).toBe("ready");
  }
  expect(linesOf(path).map(({ event }) => event)).toEqual([
    "gateway_started",
    "token_requested",
    "token_issued",
    "admin_called",
    "session_requested",
    "session_recorded",
    "session_opened",
    "renewal_refused",
    "end_requested",
    "session_ended",
    "sessions_ended",
    "admin_called",
    "admin_refused",
    "gateway_stopped",
  ]);
  for (const token of issued) expect(readFileSync(path, "utf8")).not.toContain(token);
  const { stdout, code } = await run(["audit", "--path", path, "--instance", "vm-1", "--since", "1h", "--json"]);
  const visits = JSON.parse(stdout) as readonly Line[];
  expect([code, visits.length]).toEqual([0, 1]);
  expect(visits[0]).toMatchObject({
    user: "alice",
    instance: "vm-1",
    type: "serial",
    target: target.address,
    client: "127.0.0.1",
    end: "session_terminated",
    ended_by: "admin",
  });
});

test("with a full disk no console opens where the trail is required, and again once there is room", async () => {
  await using folder = await TestFolder.create();
  const path = join(folder.path, "audit.jsonl");
  await using gateway = await WorkerGateway.start({ AUDIT_PATH: path, AUDIT_REQUIRED: "true" }, { workers: 1 });
  const pid = gateway.command.process.pid ?? 0;
  const { token } = await gateway.token(target.address);
  using running = await gateway.open(target.address);
  await fillDisk(pid);
  using refused = new Client(gateway.host, token);
  expect((await refused.closed).reason).toBe("server_busy");
  await expect.poll(() => gateway.readiness()).toEqual([503, "not ready: audit"]);
  expect(await gateway.admin("POST", "/v1/tokens", { type: "serial", target: target.address })).toMatchObject({
    status: 503,
  });
  // Sessions that run go on, and their ends are written later.
  running.control({ type: "ping", id: 1 });
  await running.message("pong");
  running.socket.close(1000);
  await running.closed;
  await freeDisk(pid);
  await gateway.until(() => gateway.logged("the audit trail is written again").length === 1);
  expect(gateway.logged("the audit trail cannot be written")).toHaveLength(1);
  using opened = new Client(gateway.host, token);
  await opened.message("hello");
  const named = (name: string): readonly Line[] => linesOf(path).filter(({ event }) => event === name);
  await expect.poll(() => named("session_opened").length).toBe(2);
  const { session } = await running.message("hello");
  const ended = { session, reason: "client_closed" };
  expect(named("session_ended").filter((line) => line["session"] === session)).toMatchObject([ended]);
  expect(named("audit_resumed")).toMatchObject([{ lost: 2 }]);
  expect(await gateway.metric("curfew_audit_lines_lost_total")).toBe(2);
});

test("thousands of refused renewals cost the trail a few lines, and lose none of the others", async () => {
  await using folder = await TestFolder.create();
  const path = join(folder.path, "audit.jsonl");
  {
    await using gateway = await TestGateway.start({ config: { audit: { path, required: true } } });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    for (let id = 0; id < 5000; id += 1) client.control({ type: "renew", id, token: "unknown" });
    const refused = (): number => client.messages.filter(({ type }) => type === "renew_failed").length;
    await client.until(() => refused() === 5000, "answers");
    using other = new Client(gateway.host, (await gateway.token(target.address)).token);
    await other.message("hello");
    expect(await (await fetch(`${gateway.adminUrl}/metrics`)).text()).toContain("\ncurfew_audit_lines_lost_total 0\n");
  }
  const lines = linesOf(path);
  const named = (name: string): readonly Line[] => lines.filter(({ event }) => event === name);
  const limited = named("renewals_limited").reduce((sum, { count }) => sum + Number(count), 0);
  expect(named("renewal_refused").length + limited).toBe(5000);
  expect(named("renewal_refused").length + named("renewals_limited").length).toBeLessThan(30);
  expect(named("session_opened")).toHaveLength(2);
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
});

test("workers write whole lines to one file, follow it when it is moved, and lose none that was waited for when killed", async () => {
  await using folder = await TestFolder.create();
  const path = join(folder.path, "audit.jsonl");
  await using gateway = await WorkerGateway.start({ AUDIT_PATH: path, AUDIT_REQUIRED: "true" });
  const [first, second] = [await gateway.worker(0), await gateway.worker(1)];
  const clients = [
    await gateway.openIn((worker) => worker === first, target.address),
    await gateway.openIn((worker) => worker === second, target.address),
  ];
  renameSync(path, `${path}.1`);
  gateway.command.process.kill("SIGHUP");
  await gateway.until(() => gateway.logged("SIGHUP: the configuration was read again").length === 1);
  clients.push(await gateway.open(target.address));
  for (const pid of [gateway.command.process.pid ?? 0, first, second]) process.kill(pid, "SIGKILL");
  await gateway.command.exited;
  const lines = [`${path}.1`, path].flatMap((file) => linesOf(file));
  expect(linesOf(path).length).toBeGreaterThan(0);
  expect(new Set(lines.map(({ pid }) => pid))).toEqual(new Set([gateway.command.process.pid, first, second]));
  const written = lines.filter(({ event }) => event === "session_requested").map(({ session }) => session);
  for (const client of clients) expect(written).toContain((await client.message("hello")).session);
  for (const run of Map.groupBy(lines, (line) => line["run"]).values()) {
    expect(run.map(({ seq }) => seq)).toEqual(run.map((_, index) => index + 1));
  }
});

test("SIGHUP closes a file that was moved, also when nothing happens that would be written", async () => {
  await using folder = await TestFolder.create();
  const path = join(folder.path, "audit.jsonl");
  await using gateway = await WorkerGateway.start({ AUDIT_PATH: path }, { workers: 1 });
  const { pid } = gateway.command.process;
  renameSync(path, `${path}.1`);
  gateway.command.process.kill("SIGHUP");
  await expect.poll(() => existsSync(path)).toBe(true);
  expect([linesOf(`${path}.1`).map(({ pid: written }) => written), linesOf(path)]).toEqual([[pid], []]);
});

test("a file that cannot be opened keeps the gateway from starting, with its name", async () => {
  await using folder = await TestFolder.create();
  const path = join(folder.path, "missing", "audit.jsonl");
  for (const workers of ["1", "2"]) {
    const args = ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--workers", workers];
    const { code, stderr } = await run(args, { CURFEW_AUDIT_PATH: path, CURFEW_TOKENS_PATH: ":memory:" });
    expect(stderr).toContain(`audit.path: ${path} cannot be written: ENOENT`);
    expect(code).toBe(1);
  }
});
