import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TestFolder } from "../../test/support/folder.ts";
import { createLogger, type Logger } from "../telemetry/log.ts";
import { findFreePort, placePort, WrappedCommand, type WrapMode } from "./wrapped-command.ts";

describe("the port of a wrapped command", () => {
  test.each([
    [
      ["telnetd", "-debug", "2023"],
      ["telnetd", "-debug", "40000"],
    ],
    [
      ["env", "PORT={port}", "program", "12023"],
      ["env", "PORT=40000", "program", "12023"],
    ],
    [
      ["program", "--listen=127.0.0.1:{port}"],
      ["program", "--listen=127.0.0.1:40000"],
    ],
  ])("%j becomes %j", (command, expected) => {
    expect(placePort(command, 2023, 40_000)).toEqual(expected);
  });

  test("a command that names no port would need websockify's rebind.so, and is refused with the way around", () => {
    expect(() => placePort(["vncserver", ":1"], 5901, 40_000)).toThrow(
      /-- vncserver :1: expected \{port\} in an argument.*rebind\.so.*start such a program by itself/,
    );
    expect(() => placePort(["program", "undefined"], undefined, 40_000)).toThrow("expected {port}");
  });

  test("a port that was found is free", async () => {
    expect(await findFreePort()).toBeGreaterThan(0);
  });
});

describe("when a wrapped command exits", () => {
  let lines: string[];
  let log: Logger;
  beforeEach(() => {
    lines = [];
    log = createLogger("trace", { write: (line) => void lines.push(line) });
  });
  afterEach(() => void vi.useRealTimers());

  /** How often the log says that it exited. */
  const exits = (): number => lines.filter((line) => line.includes("the wrapped command exited")).length;

  function start(mode: WrapMode, command: readonly string[]): { child: WrappedCommand; statuses: number[] } {
    const statuses: number[] = [];
    const child = new WrappedCommand(command, mode, log, (status) => statuses.push(status));
    child.start();
    return { child, statuses };
  }

  test("exit passes its status on", async () => {
    const { statuses } = start("exit", ["sh", "-c", "exit 3"]);
    await expect.poll(() => statuses).toEqual([3]);
  });

  test("a program that is not there counts as one that exited with 127, one that a signal ended as in a shell", async () => {
    const { statuses } = start("exit", ["/none/there"]);
    await expect.poll(() => statuses).toEqual([127]);
    expect(lines.join("")).toContain("the wrapped command cannot be started");
    const { statuses: signaled } = start("exit", ["sh", "-c", "kill -9 $$"]);
    await expect.poll(() => signaled).toEqual([137]);
  });

  test("ignore goes on without it", async () => {
    const { statuses } = start("ignore", ["true"]);
    await expect.poll(exits).toBe(1);
    expect(statuses).toEqual([]);
  });

  test("respawn starts it again, and waits when it exits too fast", async () => {
    await using folder = await TestFolder.create();
    const file = folder.join("starts");
    const { child, statuses } = start("respawn", ["sh", "-c", `echo started >> ${file}`]);
    await expect.poll(() => lines.join("")).toContain("exits too fast");
    expect(await readFile(file, "utf8")).toBe("started\n".repeat(3));
    child.stop();
    expect(statuses).toEqual([]);
  });

  test("one that is stopped is ended, and not started again", async () => {
    const { child, statuses } = start("respawn", ["sleep", "600"]);
    child.stop();
    await expect.poll(exits).toBe(1);
    expect(lines.join("")).toContain("SIGTERM");
    expect(statuses).toEqual([]);
  });
});
