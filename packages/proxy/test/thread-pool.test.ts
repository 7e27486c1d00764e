import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { Command } from "./support/command.ts";

/** The threads of libuv's pool, which exist once the pool is used. */
async function poolThreads(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const names = await Promise.all(
    threads.map((id) => readFile(`/proc/${pid}/task/${id}/comm`, "utf8").catch(() => "")),
  );
  return names.filter((name) => name.startsWith("libuv-worker")).length;
}

test.skipIf(process.platform !== "linux").each([
  ["16 threads", {}, 16],
  ["as many threads as the operator wants", { UV_THREADPOOL_SIZE: "3" }, 3],
])("the command's pool has %s", async (_what, env, expected) => {
  const flags = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
  await using command = new Command(["serve", ...flags], { CURFEW_TOKENS_PATH: ":memory:", ...env });
  await command.printed(/admin key/);
  // The log's first line was written by the pool.
  await expect.poll(() => poolThreads(command.process.pid ?? 0)).toBe(expected);
});
