import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import { ServiceManager } from "./service-manager.ts";
import { TestFolder } from "../../test/support/folder.ts";

/** A program that writes down its arguments, in place of systemd-notify. */
async function recorder(ending = "exit 0"): Promise<{ readonly command: string; told(): string } & AsyncDisposable> {
  const folder = await TestFolder.create();
  const [command, file] = [join(folder.path, "notify"), join(folder.path, "told")];
  writeFileSync(file, "");
  writeFileSync(command, `#!/bin/sh\necho "$NOTIFY_SOCKET" "$@" >>${file}\n${ending}\n`);
  chmodSync(command, 0o755);
  return {
    command,
    told: () => readFileSync(file, "utf8"),
    [Symbol.asyncDispose]: async () => await folder[Symbol.asyncDispose](),
  };
}

const log = createLogger("silent");

test("systemd is told in order what happens, and regularly that the process responds", async () => {
  await using notify = await recorder();
  const environment = { PATH: process.env["PATH"], NOTIFY_SOCKET: "/run/n", WATCHDOG_USEC: "30000" };
  const manager = new ServiceManager(environment, notify.command);
  expect(environment).toEqual({ PATH: process.env["PATH"] });
  manager.ready(log);
  manager.tell("reloading");
  manager.tell("ready");
  manager.stopping(300_000);
  // A reload while sessions finish.
  manager.tell("reloading");
  manager.tell("ready");
  await expect.poll(() => notify.told()).toContain("WATCHDOG=1");
  manager.close();
  const lines = notify
    .told()
    .split("\n")
    .filter((line) => line !== "" && !line.includes("WATCHDOG"));
  expect(lines).toEqual([
    "/run/n READY=1 STATUS=accepts sessions",
    expect.stringMatching(/^\/run\/n RELOADING=1 MONOTONIC_USEC=\d+ STATUS=/),
    "/run/n READY=1 STATUS=accepts sessions",
    "/run/n STOPPING=1 EXTEND_TIMEOUT_USEC=315000000 STATUS=lets running sessions finish",
  ]);
});

test("nothing is started where no service manager asks, or its watchdog is for another process", async () => {
  await using notify = await recorder();
  new ServiceManager({ WATCHDOG_USEC: "1000" }, notify.command).ready(log);
  const other = new ServiceManager({ NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" }, notify.command);
  other.ready(log);
  await expect.poll(() => notify.told()).toContain("READY=1");
  other.stopping(0);
  await expect.poll(() => notify.told()).toContain("STOPPING=1");
  expect(notify.told()).not.toContain("WATCHDOG");
});

test("a systemd that cannot be told is logged, and nothing else", async () => {
  await using notify = await recorder("exit 1");
  const lines: string[] = [];
  const manager = new ServiceManager({ NOTIFY_SOCKET: "/n" }, notify.command);
  manager.ready(createLogger("info", { write: (line) => void lines.push(line) }));
  await expect.poll(() => lines.join("")).toContain("systemd was not told");
});

test("what waits for a systemd that hangs is bounded, and it is still told that the service stops", async () => {
  await using notify = await recorder("trap '' TERM; [ -e $0.free ] || exec sleep 600");
  const lines: string[] = [];
  const environment = { PATH: process.env["PATH"], NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "1000" };
  const manager = new ServiceManager(environment, notify.command, 100);
  manager.ready(createLogger("info", { write: (line) => void lines.push(line) }));
  for (let count = 0; count < 1000; count += 1) manager.tell("reloading");
  manager.stopping(300_000);
  await expect.poll(() => lines.length).toBe(1);
  writeFileSync(`${notify.command}.free`, "");
  await expect.poll(() => notify.told()).toContain("STOPPING=1");
  manager.close();
  expect(lines[0]).toContain("ended with SIGKILL");
  expect(notify.told().split("RELOADING=1").length - 1).toBeLessThan(16);
});
