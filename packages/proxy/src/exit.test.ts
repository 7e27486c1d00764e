import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { TestFolder } from "../test/support/folder.ts";

/** How a process ends that does something before it is to exit in 10 ms. */
async function end(before: string): Promise<readonly unknown[]> {
  const url = JSON.stringify(new URL("exit.ts", import.meta.url).href);
  const code = `import fs from "node:fs"; import { exitSoon } from ${url};
    process.stdin.resume(); exitSoon(10); ${before}`;
  const args = ["--conditions=@curfew/source", "--input-type=module", "--eval", code];
  return await once(spawn(process.execPath, args, { stdio: ["pipe", "inherit", "inherit"] }), "exit");
}

test("a process exits although something keeps it alive", async () => {
  expect(await end("")).toEqual([0, null]);
});

test("work of a thread that a busy event loop has not heard of does not end it by a signal", async () => {
  const busy = "const until = performance.now() + 200; while (performance.now() < until);";
  expect(await end(`fs.stat("/", () => {}); ${busy}`)).toEqual([0, null]);
});

test("a thread that does not come back ends it by a signal: exiting would wait for it", async () => {
  await using folder = await TestFolder.create();
  const fifo = folder.join("fifo");
  execFileSync("mkfifo", [fifo]);
  expect(await end(`fs.open(${JSON.stringify(fifo)}, () => {});`)).toEqual([null, "SIGKILL"]);
});
