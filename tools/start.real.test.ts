import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { requireProgram } from "../packages/testing/src/real/programs.ts";
import { watchLeftovers } from "../packages/testing/test/real/leftovers.ts";

/** `npx pnpm@12 start nova`, or `cluster`, and all that it has printed. */
class Demo implements AsyncDisposable {
  readonly process: ChildProcessWithoutNullStreams;
  readonly exited: Promise<unknown[]>;
  text = "";

  constructor(path: string = process.env["PATH"] ?? "", name: "nova" | "cluster" = "nova") {
    const script = join(import.meta.dirname, "start.ts");
    const env = { ...process.env, PATH: path, NODE_OPTIONS: "", PORT: "0" };
    // Its own process group, as in a terminal.
    this.process = spawn(process.execPath, ["--conditions=@curfew/source", script, name], { env, detached: true });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (this.text += text));
    }
    this.exited = once(this.process, "close");
  }

  /** Types a line. */
  type(line: string): void {
    this.process.stdin.write(`${line}\n`);
  }

  /** Ctrl-C in its terminal. */
  interrupt(): void {
    process.kill(-Number(this.process.pid), "SIGINT");
  }

  /** Waits until it has printed a text. */
  async printed(text: string): Promise<void> {
    while (!this.text.includes(text)) await once(this.process.stdout, "data");
  }

  /** Waits until it has printed what matches. */
  async match(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    let found: RegExpExecArray | null;
    while ((found = pattern.exec(this.text.slice(from))) === null) {
      await Promise.race([
        once(this.process.stdout, "data"),
        this.exited.then(() => Promise.reject(new Error(this.text))),
      ]);
    }
    return found;
  }

  /** The first link to a console after the first `from` characters of the output. */
  async link(from = 0): Promise<string> {
    const [found] = await this.match(/http:\S+path=\S+(?=\n)/, from);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.exited;
  }
}

/** What a WebSocket gets before it ends: the first bytes as text, and the code. */
async function openConsole(link: string): Promise<{ first: string; ended: Promise<number> }> {
  const { origin, searchParams } = new URL(link);
  return await openSocket(`${origin.replace("http", "ws")}/${searchParams.get("path")}`);
}

/** The same of a WebSocket's URL. */
async function openSocket(url: string): Promise<{ first: string; ended: Promise<number> }> {
  const socket = new WebSocket(url, ["binary"]);
  socket.binaryType = "arraybuffer";
  const ended = once(socket, "close").then(([event]) => (event as CloseEvent).code);
  const data = once(socket, "message").then(([event]) => (event as MessageEvent<ArrayBuffer>).data);
  const first = await Promise.race([data, ended.then((code) => Promise.reject(new Error(`ended with ${code}`)))]);
  return { first: Buffer.from(first).toString("latin1"), ended };
}

test("`start nova` serves a console of a Nova cloud, ends it with its row, and leaves nothing behind", async () => {
  await using leftovers = await watchLeftovers();
  await using demo = new Demo();
  const link = await demo.link();
  expect(await (await fetch(link)).text()).toContain("<title>");
  const { first, ended } = await openConsole(link);
  expect(first).toBe("RFB 003.008\n");
  demo.type("delete");
  expect(await ended).toBe(4009);
  const printed = demo.text.length;
  demo.type("new 60");
  expect((await openConsole(await demo.link(printed))).first).toBe("RFB 003.008\n");
  expect(await leftovers.programs()).not.toEqual([]);
  demo.process.kill("SIGTERM");
  expect(await demo.exited).toEqual([0, null]);
  expect([await leftovers.programs(), await leftovers.files()]).toEqual([[], []]);
});

test("Ctrl-C while the servers start is no error, and leaves nothing behind", async () => {
  await using leftovers = await watchLeftovers();
  await using demo = new Demo();
  await demo.printed("Starting MariaDB");
  demo.interrupt();
  expect(await demo.exited).toEqual([0, null]);
  expect(demo.text).toMatch(/^Starting .*\nStopping\.\n$/);
  expect([await leftovers.programs(), await leftovers.files()]).toEqual([[], []]);
});

test("where a server does not start, `start nova` stops the others and says which", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-broken-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "Xtigervnc"), "#!/bin/sh\necho no display >&2\nexit 1\n");
  await chmod(join(folder, "Xtigervnc"), 0o755);
  await using leftovers = await watchLeftovers();
  // Of a process that was killed, and of one that runs.
  const killed = spawn("true");
  await once(killed, "exit");
  const [abandoned, used] = [killed.pid, process.pid].map((pid) => `curfew-nova-${pid}-a1B2c3`);
  for (const name of [abandoned, used]) await mkdir(join(tmpdir(), name ?? "", "database"), { recursive: true });
  await using demo = new Demo([folder, process.env["PATH"]].join(delimiter));
  expect(await demo.exited).toEqual([1, null]);
  expect(demo.text).toContain("TigerVNC left at its start: no display");
  expect([await leftovers.programs(), await leftovers.files()]).toEqual([[], [used]]);
});

/** A PATH without the programs of real machines, which have their own tests. */
async function pathWithRedis(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "curfew-redis-only-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await symlink(requireProgram("redis-server"), join(folder, "redis-server"));
  return folder;
}

test("`start cluster` has a console survive its gateway, and end at all of them", async () => {
  const path = await pathWithRedis();
  await using leftovers = await watchLeftovers();
  await using demo = new Demo(path, "cluster");
  const [, dashboard] = await demo.match(/The dashboard: (\S+)/);
  const opened = await fetch(`${dashboard}/api/machines/test-pattern/console?ttl=300&enforce=true`, { method: "POST" });
  const { url, token } = (await opened.json()) as { url: string; token: string };
  expect(demo.text).toContain(url.replace("ws:", "http:"));
  const link = `${url}/?token=${token}`;
  const before = await openSocket(link);
  expect(before.first).toBe("RFB 003.008\n");
  const runsAt = await gatewayOfSession(dashboard);
  demo.type(`kill ${runsAt}`);
  expect(await before.ended).toBe(1006);
  await demo.printed(`${runsAt} is away.`);
  const after = await openSocket(link);
  expect(after.first).toBe("RFB 003.008\n");
  expect(await gatewayOfSession(dashboard, runsAt)).toMatch(/^gateway-[123]$/);
  demo.type("revoke all");
  expect(await after.ended).toBe(4005);
  await expect(openSocket(link)).rejects.toThrow("ended with 4102");
  expect(await leftovers.programs()).not.toEqual([]);
  demo.type("freeze store");
  await demo.printed("store is frozen.");
  demo.interrupt();
  expect(await demo.exited).toEqual([0, null]);
  expect([await leftovers.programs(), await leftovers.files()]).toEqual([[], []]);
});

test("`start cluster` says when HAProxy has ended, and leaves nothing behind", async () => {
  const path = await pathWithRedis();
  await using leftovers = await watchLeftovers();
  await using demo = new Demo(path, "cluster");
  await demo.match(/The dashboard: /);
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,args="]);
  const own = stdout.split("\n").find((line) => line.includes("haproxy -db") && line.includes(tmpdir()));
  process.kill(Number.parseInt(own ?? "", 10), "SIGKILL");
  expect(await demo.exited).toEqual([1, null]);
  expect(demo.text).toContain("HAProxy has ended.");
  expect([await leftovers.programs(), await leftovers.files()]).toEqual([[], []]);
});

/** Waits until the dashboard shows a session, and where it is; `but` is where it was. */
async function gatewayOfSession(dashboard: string | undefined, but?: string): Promise<string> {
  const events = await fetch(`${dashboard}/api/events`);
  let text = "";
  for await (const chunk of events.body ?? []) {
    text += Buffer.from(chunk).toString();
    const gateways = [...text.matchAll(/"runsAt":"([^"]+)"/gu)].map(([, name = ""]) => name);
    const found = gateways.find((name) => name !== but);
    if (found !== undefined) return found;
  }
  throw new Error("the dashboard has ended");
}
