import { startByteServer } from "@curfew/testing";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants, existsSync } from "node:fs";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { droppedLogLines, LogDestination } from "../src/telemetry/log-destination.ts";
import { Client } from "./support/client.ts";
import { inEnoughTime } from "./support/enough-time.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

// Linux has a file that is always full; other systems have not.
test.skipIf(!existsSync("/dev/full"))(
  "a gateway whose log cannot be written keeps its deadlines and stops when it is told to",
  async () => {
    await using target = await startByteServer({ mode: "sink" });
    const full = await open("/dev/full", "w");
    await inEnoughTime(3, async (seconds) => {
      const args = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--enforce", "--ttl", String(seconds)];
      const child = spawn(
        process.execPath,
        ["--conditions=@curfew/source", main, "serve", ...args, "--serial", target.address],
        {
          stdio: ["ignore", "pipe", full.fd],
          env: { CURFEW_TOKENS_PATH: ":memory:", NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] },
        },
      );
      const closed = once(child, "close");
      let url: URL | undefined;
      for await (const line of createInterface({ input: child.stdout as Readable })) {
        url = URL.parse(/^console of .*: (\S+)$/.exec(line)?.[1] ?? "") ?? undefined;
        if (url !== undefined) break;
      }
      using client = new Client(url?.host ?? "", url?.hash.replace("#token=", ""));
      const end = await client.closed;
      if (!client.order.includes("hello")) return void child.kill("SIGKILL");
      expect(end).toEqual({ code: 4100, reason: "session_expired" });
      expect((await fetch(`${url?.origin ?? ""}/healthz`)).status).toBe(200);
      child.kill("SIGTERM");
      expect((await closed)[0]).toBe(0);
      return true;
    });
    await full.close();
  },
);

test.each(["1", "2"])(
  "a gateway with %s workers stops when it is told to although its log is not read",
  async (workers) => {
    const folder = await mkdtemp(join(tmpdir(), "curfew-log-"));
    const fifo = join(folder, "log");
    await once(spawn("mkfifo", [fifo]), "close");
    const log = await open(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const filled = async (): Promise<boolean> =>
      await log.write(Buffer.alloc(4096)).then(
        () => false,
        () => true,
      );
    while (!(await filled()));
    // As a shell passes a pipe on: a program's writes wait.
    const blocking = await open(fifo, constants.O_RDWR);
    const args = [
      "--conditions=@curfew/source",
      main,
      "serve",
      "--listen",
      "127.0.0.1:0",
      "--workers",
      workers,
      "--admin-listen",
      "127.0.0.1:0",
    ];
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", blocking.fd],
      env: { CURFEW_TOKENS_PATH: ":memory:", NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] },
    });
    const closed = once(child, "close");
    const [printed] = (await once(child.stdout as Readable, "data")) as [Buffer];
    const [url = ""] = /http:\S+/.exec(printed.toString()) ?? [];
    // Meanwhile it has tried to write that it listens, and how these sessions ended.
    for (let count = 0; count < 50; count += 1) {
      using client = new Client(new URL(url).host, undefined);
      expect((await client.closed).reason).toBe("token_invalid");
    }
    child.kill("SIGTERM");
    expect(await closed).toEqual([0, null]);
    await Promise.all([log.close(), blocking.close()]);
    await rm(folder, { recursive: true });
  },
);

test("a line after a silence is written at once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-log-"));
  const file = await open(join(folder, "log"), "w");
  const destination = new LogDestination(file.fd);
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    destination.write("the last line\n");
    while ((await readFile(join(folder, "log"), "utf8")) !== "the last line\n");
  } finally {
    vi.useRealTimers();
  }
  await file.close();
  await rm(folder, { recursive: true });
});

test("lines reach the file whole and in order", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-log-"));
  const file = await open(join(folder, "log"), "w");
  const destination = new LogDestination(file.fd);
  const lines = Array.from({ length: 2000 }, (_, number) => `line ${number} ${"x".repeat(number % 100)}\n`);
  for (const line of lines) destination.write(line);
  await expect.poll(() => readFile(join(folder, "log"), "utf8")).toBe(lines.join(""));
  await file.close();
  await rm(folder, { recursive: true });
});

test("what a stalled reader does not take is dropped beyond 4 MiB, and counted once it reads again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-log-"));
  const fifo = join(folder, "log");
  await once(spawn("mkfifo", [fifo]), "close");
  const file = await open(fifo, "r+");
  const destination = new LogDestination(file.fd);
  const line = `${"y".repeat(1023)}\n`;
  const before = droppedLogLines();
  for (let count = 0; count < 10_000; count += 1) destination.write(line);

  const reader = spawn("cat", [fifo], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  reader.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const lost = (): number => Number(/"lines":(\d+),"msg":"log lines were lost"/.exec(text)?.[1] ?? 0);
  await expect.poll(() => text.split(line).length - 1 + lost()).toBe(10_000);
  expect(lost()).toBeGreaterThan(5000);
  // What `curfew_log_lines_dropped_total` says.
  expect(droppedLogLines() - before).toBe(lost());
  reader.kill();
  await file.close();
  await rm(folder, { recursive: true });
});

test("two processes that share a pipe do not tear each other's lines", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-log-"));
  const fifo = join(folder, "log");
  await once(spawn("mkfifo", [fifo]), "close");
  const file = await open(fifo, "r+");
  const lines = ["a", "b"].map((letter) => Array.from({ length: 2000 }, (_, n) => `${n} ${letter.repeat(n % 700)}`));
  for (const own of lines) {
    const destination = new LogDestination(file.fd, { shared: true });
    for (const line of own) destination.write(`${line}\n`);
  }
  const reader = spawn("cat", [fifo], { stdio: ["ignore", "pipe", "inherit"] });
  const read: string[] = [];
  for await (const line of createInterface({ input: reader.stdout })) if (read.push(line) === 4000) break;
  expect(read.toSorted()).toEqual(lines.flat().toSorted());
  reader.kill();
  await file.close();
  await rm(folder, { recursive: true });
});
