import { type ByteServer, startByteServer } from "@curfew/testing";
import { spawn } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { open, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { TestCertificate } from "../support/certificate.ts";
import { Client } from "../support/client.ts";
import { Command, run } from "../support/command.ts";
import { TestFolder } from "../support/folder.ts";
import { reload, RELOAD_REFUSED, RELOADED } from "../support/reload.ts";

let folder: TestFolder;
let target: ByteServer;

beforeAll(async () => {
  folder = await TestFolder.create();
  target = await startByteServer({ mode: "echo" });
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const PROGRAM = fileURLToPath(new URL("../../src/cli/curfew-websockify.ts", import.meta.url));

/** The executable. */
function start(...args: readonly string[]): Command {
  return new Command(args, {}, { program: PROGRAM });
}

/** Where it listens. */
async function urlOf(command: Command): Promise<URL> {
  const [, url = ""] = await command.printed(/listens at (http:\S+)/);
  return new URL(url);
}

/** Node does not say it in a documented way. */
function descriptorOf(server: Server & { readonly _handle?: { readonly fd: number } }): number {
  const { _handle: handle } = server;
  return handle?.fd ?? -1;
}

/** Of the daemon with this log. */
async function pidOf(log: string): Promise<number> {
  const found = async (): Promise<string | undefined> =>
    /"pid":(\d+)/.exec(await readFile(log, "utf8").catch(() => ""))?.[1];
  await expect.poll(found).toBeDefined();
  return Number(await found());
}

/** Whether there is such a process that has not ended. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** What the descriptors of a process are, in their order; none where the system does not tell. */
async function openFiles(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  if (!existsSync(folder)) return [];
  const descriptors = (await readdir(folder)).toSorted((a, b) => Number(a) - Number(b));
  return await Promise.all(descriptors.map(async (each) => await readlink(`${folder}/${each}`).catch(() => "")));
}

/** Sends bytes and waits for their echo, as noVNC of any release connects. */
async function echo(host: string, path = "/websockify"): Promise<Client> {
  const client = new Client(host, undefined, { protocols: ["binary"], path });
  await once(client.socket, "open");
  client.socket.send(Buffer.from("hello"));
  await client.bytes(5);
  return client;
}

describe("in place of websockify", () => {
  test("a target is opened without a token, from any site, and there is no page", async () => {
    await using command = start("127.0.0.1:0", target.address);
    const { origin: url, host } = await urlOf(command);
    using client = await echo(host);
    expect((await fetch(url)).status).toBe(405);
    client.socket.close(1000);
    expect((await client.closed).code).toBe(1000);
    using foreign = new Client(host, undefined, {
      headers: { Origin: "https://other.example" },
      protocols: ["binary"],
    });
    await once(foreign.socket, "open");
  });

  test("a token file, its folder as --web, and options in any order and cut short", async () => {
    const tokens = folder.join("tokens.cfg");
    await writeFile(tokens, `# consoles\nvm1: ${target.address}\n`);
    const args = ["--token-plugin", "TokenFile", "127.0.0.1:0", "-v", `--token-so=${tokens}`, "--web", folder.path];
    await using command = start(...args);
    const { origin: url, host } = await urlOf(command);
    using client = await echo(host, "/?token=vm1");
    expect(client.received).toBe(5);
    using unknown = new Client(host, "vm2", { protocols: ["binary"] });
    expect((await unknown.closed).code).toBe(4102);
    expect(await (await fetch(`${url}/tokens.cfg`)).text()).toContain("# consoles");
  });

  test("SIGHUP reads the token file and Curfew's own configuration again; wrong ones change nothing", async () => {
    const tokens = folder.join("reloaded.cfg");
    const yaml = folder.join("reloaded.yaml");
    await writeFile(tokens, `vm1: ${target.address}\n`);
    await writeFile(yaml, "sessions: { max: 5 }\n");
    const args = ["--token-plugin", "TokenFile", "--token-source", tokens, "--curfew-config", yaml, "127.0.0.1:0"];
    await using command = start(...args);
    const { host } = await urlOf(command);
    using before = await echo(host, "/?token=vm1");
    await writeFile(yaml, "sessions: { max: none }\n");
    await reload(command);
    const problem = 'sessions.max: expected a whole number of 1 or more, but got "none"';
    expect(command.logged(RELOAD_REFUSED)).toMatchObject([{ level: "error", problems: [problem] }]);
    await writeFile(yaml, "sessions: { max: 2 }\n");
    await writeFile(tokens, `vm2: ${target.address}\n`);
    await reload(command);
    expect(command.logged(RELOADED)).toMatchObject([{ changed: ["sessions.max"] }]);
    using gone = new Client(host, "vm1", { protocols: ["binary"] });
    expect((await gone.closed).code).toBe(4102);
    using after = await echo(host, "/?token=vm2");
    before.socket.send(Buffer.from("still here"));
    await before.bytes(15);
    expect(after.received).toBe(5);
  });

  test("--run-once ends with its session", async () => {
    await using command = start("--run-once", "127.0.0.1:0", target.address);
    const { host } = await urlOf(command);
    using client = await echo(host);
    client.socket.close(1000);
    expect(await command.exited).toBe(0);
  });

  test("--idle-timeout and --timeout end it", async () => {
    for (const option of ["--idle-timeout", "--timeout"]) {
      await using command = start(option, "1", "127.0.0.1:0", target.address);
      expect(await command.exited).toBe(0);
    }
  });

  test("--unix-target and --traffic", async () => {
    const path = folder.join("target.sock");
    const server = createServer((socket) => socket.pipe(socket)).listen(path);
    await once(server, "listening");
    await using command = start("--traffic", "--unix-target", path, "127.0.0.1:0");
    const { host } = await urlOf(command);
    using client = await echo(host);
    expect(client.received).toBe(5);
    await command.printed(/Traffic Legend:[^]*\}>\{</);
    server.close();
  });

  test("plain and TLS at one port, TLS to the target, and a password and an encrypted key on the way", async () => {
    using certificate = await TestCertificate.create();
    const { cert, key, pem, pair } = certificate;
    const passphrase = "open sesame";
    const locked = createPrivateKey(pair.key).export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase,
    });
    await writeFile(key, locked);
    const server = createTlsServer(pair, (socket) => socket.pipe(socket).on("error", () => {})).listen(0, "127.0.0.1");
    await once(server, "listening");
    const options = ["--ssl-target", "--cert", cert, "--key", key, "--key-password", passphrase];
    const auth = ["--auth-plugin", "BasicHTTPAuth", "--auth-source", "ada:lace"];
    const args = [...options, ...auth, "127.0.0.1:0", `127.0.0.1:${(server.address() as AddressInfo).port}`];
    await using command = new Command(args, { CURFEW_TARGETS_TLS_CA_CERTS: cert }, { program: PROGRAM });
    const [, host = ""] = await command.printed(/listens at https:\/\/(\S+)/);
    for (const scheme of ["ws", "wss"]) {
      const socket = new WebSocket(`${scheme}://${host}/`, "binary", { ca: pem, auth: "ada:lace" });
      await once(socket, "open");
      socket.send("hello");
      expect(String((await once(socket, "message"))[0])).toBe("hello");
      socket.terminate();
    }
    server.close();
  });

  test("--inetd takes the socket that is the standard input, as a daemon, too", async () => {
    for (const options of [[], ["-D"]]) {
      const log = folder.join(`inetd${options.join("")}.log`);
      const listener = createServer().listen(0, "127.0.0.1");
      await once(listener, "listening");
      const { port } = listener.address() as AddressInfo;
      const args = ["--conditions=@curfew/source", PROGRAM, "--inetd", "--log-file", log, ...options, target.address];
      const child = spawn(process.execPath, args, { stdio: [descriptorOf(listener), "ignore", "inherit"] });
      const exited = once(child, "exit");
      const pid = options.length === 0 ? (child.pid ?? 0) : await pidOf(log);
      await expect.poll(async () => await readFile(log, "utf8").catch(() => "")).toContain('"listening"');
      try {
        // The parent accepts no more: both would take turns.
        listener.close();
        using client = await echo(`127.0.0.1:${port}`);
        expect(client.received).toBe(5);
      } finally {
        process.kill(pid, "SIGTERM");
        expect(await exited).toEqual([0, null]);
      }
    }
  });

  test("a wrapped command gets its port, and its exit status is that of all", async () => {
    // Another program may have taken the port for a moment before this one begins.
    const script = `
      const server = require("node:net").createServer((socket) =>
        socket.once("data", (data) => socket.end(data, () => process.exit(3))));
      const listen = () => server.listen({port}, "127.0.0.1");
      server.on("listening", () => console.log("wrapped")).on("error", () => setTimeout(listen, 20));
      listen();`;
    await using command = start("127.0.0.1:0", "--", process.execPath, "-e", script);
    const { host } = await urlOf(command);
    await command.printed(/wrapped/);
    using client = await echo(host);
    expect(client.received).toBe(5);
    expect(await command.exited).toBe(3);
  });

  test("a signal ends a wrapped command with the gateway, even one that does not heed it", async () => {
    for (const trap of ["echo heeded; exit 0", ""]) {
      const script = `trap "${trap}" TERM; echo "wrapped $$ at {port}"; while :; do sleep 0.1 & wait $!; done`;
      await using command = start("--wrap-mode", "respawn", "127.0.0.1:0", "--", "sh", "-c", script);
      const [, pid = ""] = await command.printed(/wrapped (\d+)/);
      command.process.kill("SIGTERM");
      expect(await command.exited).toBe(0);
      await expect.poll(() => isRunning(Number(pid))).toBe(false);
      expect(command.stdout.includes("heeded")).toBe(trap !== "");
    }
  });

  test("a wrapped command that floods its output, which is not read, holds nothing up", async () => {
    await using command = start("127.0.0.1:0", "--", "sh", "-c", "exec yes {port}");
    const { origin } = await urlOf(command);
    command.process.stdout.pause();
    expect((await fetch(origin)).status).toBe(405);
    const exited = once(command.process, "exit");
    command.process.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    command.process.stdout.resume();
  });

  test.each<readonly [string, ...string[]]>([
    ["expected [source_addr:]source_port"],
    ['expected host:port such as 127.0.0.1:5901 or [::1]:5901, but got ":514"', "--syslog", ":514", "6080", "a:1"],
    ["expected a whole number of 0 or more", "--timeout", "soon", "6080", "a:1"],
    ["Allowed choices are exit, ignore, respawn", "--wrap-mode", "restart", "6080", "a:1"],
    ["acme.Tokens is none of", "--token-plugin", "acme.Tokens", "--token-source", "x", "6080"],
    ["expected {port} in an argument", "6080", "--", "vncserver", ":1", "--daemon"],
    ["unknown option '--record-all'", "--record-all", "6080", "a:1"],
  ])("%s: the command ends with an error", async (message, ...args) => {
    const { code, stdout, stderr } = await run(["websockify", ...args]);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([1, ""]);
  });

  test("with --daemon and --log-file, it returns once a process of its own listens, which has none of its files", async () => {
    const log = folder.join("daemon.log");
    const args = ["--conditions=@curfew/source", PROGRAM, "-D", "--log-file", log, "127.0.0.1:0", target.address];
    const inherited = folder.join("inherited");
    await using file = await open(inherited, "w");
    // As scripts hold a lock: `exec 200>file`.
    const script = ["-c", 'exec 200>&3; exec "$@"', "bash", process.execPath, ...args];
    const child = spawn("bash", script, { stdio: ["pipe", "pipe", "pipe", file.fd] });
    const printed: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => printed.push(String(text)));
    // Its pipes are closed, too: the daemon has none of them.
    expect(await once(child, "close")).toEqual([0, null]);
    expect(printed).toEqual([]);
    const pid = await pidOf(log);
    const files = await openFiles(pid);
    expect(files).not.toContain(inherited);
    expect(files.slice(0, 3).filter((each) => each !== "/dev/null")).toEqual([]);
    process.kill(pid, "SIGTERM");
    await expect.poll(() => readFile(log, "utf8")).toContain('"stopped"');
  });
});
