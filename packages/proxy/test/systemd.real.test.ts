import { freePort } from "@curfew/testing/real";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Command } from "./support/command.ts";
import { ADMIN_KEY, WorkerGateway } from "./support/worker-gateway.ts";

const run = promisify(execFile);

const unit = new URL("../../../packaging/systemd/curfew.service", import.meta.url);
const document = new URL("../../../docs/operating.md", import.meta.url);

test.runIf(process.platform === "linux")(
  "systemd accepts the unit files, and rates it as the document says",
  async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "curfew-unit-"));
    const file = join(folder.path, "curfew.service");
    // The program is not installed here.
    await writeFile(file, (await readFile(unit, "utf8")).replaceAll("/usr/bin/curfew", process.execPath));
    const sockets = ["curfew.socket", "curfew-admin.socket"].map((name) => join(folder.path, name));
    for (const socket of sockets) await copyFile(new URL(basename(socket), unit), socket);
    const { stdout, stderr } = await run("systemd-analyze", ["verify", "--man=no", file, ...sockets]);
    expect(stdout + stderr).toBe("");
    const { stdout: rating } = await run("systemd-analyze", ["security", "--offline=true", "--no-pager", file]);
    const [, level] = /exposure level for curfew\.service: ([\d.]+)/.exec(rating) ?? [];
    expect(Number(level)).toBeLessThan(2);
    const [, start = ""] = /^ExecStart=(.+)$/mu.exec(await readFile(unit, "utf8")) ?? [];
    const reloads = [...(await readFile(unit, "utf8")).matchAll(/^ExecReload=(.+)$/gmu)].map(([, command]) => command);
    expect(reloads).toEqual([start.replace(" serve ", " config check "), '/bin/sh -c "kill -HUP $MAINPID"']);
    // The tokens and keys in its memory are not written to a disk.
    expect(await readFile(unit, "utf8")).toContain("\nLimitCORE=0\n");
    expect(await readFile(document, "utf8")).toMatch(new RegExp(`\`systemd-analyze security\` says\\s+${level}\\.`));
  },
);

test.runIf(process.platform === "linux")("the first connection starts it at the sockets of systemd", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "curfew-activate-"));
  const path = join(folder.path, "public.sock");
  const port = await freePort();
  const { PATH = "", TMPDIR = "/tmp" } = process.env;
  // It passes on no variables but these.
  const env = { PATH, TMPDIR, CURFEW_TOKENS_PATH: ":memory:", CURFEW_ADMIN_KEY: ADMIN_KEY };
  const variables = Object.entries(env).map(([name, value]) => `--setenv=${name}=${value}`);
  const sockets = [`--listen=${path}`, `--listen=127.0.0.1:${port}`, "--fdname=public:admin"];
  const launcher = ["systemd-socket-activate", ...sockets, ...variables];
  await using command = new Command(["serve"], {}, { launcher });
  await expect.poll(() => command.stderr).toContain("Listening on");
  const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
  expect(await ready()).toBe(200);
  await command.printed(new RegExp(`admin API at http://127.0.0.1:${port}\\n`));
  const socket = connect({ path });
  socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
  // It does not dial its own socket.
  const headers = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ type: "serial", target: `unix:${path}` });
  const issued = await fetch(`http://127.0.0.1:${port}/v1/tokens`, { method: "POST", headers, body });
  expect(issued.status).toBe(422);
});

/** Prints what is sent to a datagram socket, each on a line, as systemd gets it. */
const RECEIVER = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print("bound", flush=True)
while True:
    print(receiver.recv(4096).decode().replace("\\n", " "), flush=True)
`;

test.runIf(process.platform === "linux")(
  "systemd hears of the start, a reload, the watchdog and the stop",
  async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "curfew-notify-"));
    const socket = join(folder.path, "notify");
    const receiver = spawn("python3", ["-c", RECEIVER, socket]);
    try {
      const lines = createInterface(receiver.stdout);
      const heard: string[] = [];
      lines.on("line", (line) => heard.push(line));
      await once(lines, "line");
      const env = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "300000" };
      await using gateway = await WorkerGateway.start({}, { workers: 1, env });
      await expect.poll(() => heard).toContain("READY=1 STATUS=accepts sessions");
      await expect.poll(() => heard).toContain("WATCHDOG=1");
      gateway.command.process.kill("SIGHUP");
      const reloading = (): number => heard.findIndex((line) => line.startsWith("RELOADING=1 MONOTONIC_USEC="));
      await expect.poll(() => reloading()).toBeGreaterThan(0);
      await expect.poll(() => heard.slice(reloading())).toContain("READY=1 STATUS=accepts sessions");
      gateway.command.process.kill("SIGTERM");
      await expect
        .poll(() => heard)
        .toContain("STOPPING=1 EXTEND_TIMEOUT_USEC=25000000 STATUS=lets running sessions finish");
      expect(await gateway.command.exited).toBe(0);
    } finally {
      receiver.kill();
    }
  },
);
