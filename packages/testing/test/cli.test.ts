import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordRfb, startFakeVnc } from "@curfew/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RfbClient } from "./rfb-client.ts";
import { TcpClient } from "./tcp-client.ts";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
// Starting a process takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const running = new Set<ChildProcessWithoutNullStreams>();

function start(...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, ["--conditions=@curfew/source", CLI, ...args]);
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** The one line that it prints, and the port in it. */
async function listening(child: ChildProcessWithoutNullStreams): Promise<{ line: string; port: number }> {
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  const line = chunk.toString();
  return { line, port: Number(/:(\d+)\n$/.exec(line)?.[1]) };
}

async function result(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; errors: string }> {
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, errors };
}

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

test.each(["SIGINT", "SIGTERM"] as const)("prints its address, serves, and exits cleanly on %s", async (signal) => {
  const child = start("--size", "40x30", "--version", "3.7", "--encoding", "hextile", "--chunk", "7", "--fps", "0");
  const { line, port } = await listening(child);
  expect(line).toBe(`VNC server listening on 127.0.0.1:${port}\n`);
  using client = await RfbClient.connect(port);
  await client.handshake("3.7");
  expect(client).toMatchObject({ width: 40, height: 30 });
  client.setEncodings(5);
  client.requestUpdate(false);
  expect((await client.readUpdate()).map(({ encoding }) => encoding)).toEqual([5]);
  child.kill(signal);
  expect(await result(child)).toEqual({ code: 0, errors: "" });
});

test("is a serial guest with --serial", async () => {
  const { line, port } = await listening(start("--serial", "--user", "root", "--password", "pw", "--name", "vm-9"));
  expect(line).toMatch(/^serial guest listening on 127\.0\.0\.1:\d+\n$/);
  using client = await TcpClient.connect(port);
  client.write("root\rpw\r");
  await client.untilText("root@vm-9:~$ ");
});

test("plays a recording with --play", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "curfew-cli-")), "session.js");
  try {
    await using server = await startFakeVnc({ size: { width: 40, height: 30 }, name: "recorded" });
    await using recorder = await recordRfb({ target: server, file });
    using original = await RfbClient.connect(recorder.port);
    await original.handshake("3.8");
    await recorder.close();
    const { port } = await listening(start("--play", file, "--speed", "50"));
    using client = await RfbClient.connect(port);
    await client.handshake("3.8");
    expect(client).toMatchObject({ name: "recorded", width: 40, height: 30 });
  } finally {
    await rm(dirname(file), { recursive: true });
  }
});

test("faults of the command line strike", async () => {
  const { port } = await listening(start("--reset-at", "security"));
  using client = await TcpClient.connect(port);
  client.write("RFB 003.008\n");
  expect(await client.ended).toBe("reset");
  const { port: other } = await listening(start("--serial", "--close-at", "50ms"));
  using serial = await TcpClient.connect(other);
  expect(await serial.ended).toBe("fin");
});

test("refuses connections, and stays until it is told to stop, with --refuse", async () => {
  const child = start("--refuse");
  const { port } = await listening(child);
  await expect(TcpClient.connect(port)).rejects.toThrow("ECONNREFUSED");
  child.kill("SIGTERM");
  expect((await result(child)).code).toBe(0);
});

describe("a wrong value is refused with the value and what was expected", () => {
  test.each([
    [["--port", "99999"], "'99999' is invalid. Expected an integer from 0 to 65535."],
    [["--size", "big"], "'big' is invalid. Expected WxH, such as 800x600."],
    [["--size", "0x9"], "width is 0; expected an integer from 1 to 8192"],
    [["--encoding", "tight"], "'tight' is invalid. Allowed choices are raw, copyrect, hextile, zrle."],
    [["--stall-at", "login"], 'stall.at is "login"; expected a number of bytes, one of the phases version,'],
    [["--stall-at", "5m"], "'5m' is invalid. Expected a number of bytes sent, a phase, or a time"],
    [["--serial", "--stall-at", "auth"], 'stall.at is "auth"; expected a number of bytes, one of the phases banner,'],
    [["--chunk", "0"], "'0' is invalid. Expected an integer of 1 or more."],
    [["--host", "192.0.2.1"], "EADDRNOTAVAIL"],
    [["--play", "/nowhere/session.js"], "ENOENT"],
    [["--play", "x", "--serial"], "option '--play <file>' cannot be used with option '--serial'"],
    [["--play", "x", "--speed", "0"], "'0' is invalid. Expected a number above 0."],
    [["extra"], "too many arguments"],
  ])("%j", async (args, message) => {
    const { code, errors } = await result(start(...args));
    expect(code).toBe(1);
    expect(errors).toContain(message);
  });
});
