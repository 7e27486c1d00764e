import { readdir, readFile } from "node:fs/promises";
import { getPriority } from "node:os";
import { expect, test } from "vitest";
import { Command } from "./support/command.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";

/** The ids of a process's threads whose names contain this. */
async function threads(pid: number, name: string): Promise<number[]> {
  const ids = await readdir(`/proc/${pid}/task`);
  const names = await Promise.all(ids.map((id) => readFile(`/proc/${pid}/task/${id}/comm`, "utf8").catch(() => "")));
  return ids.filter((_, index) => names[index]?.includes(name)).map(Number);
}

test.skipIf(process.platform !== "linux").each([
  ["16 threads", {}, 16],
  ["as many threads as the operator wants", { UV_THREADPOOL_SIZE: "3" }, 3],
])("the command's pool has %s", async (_what, env, expected) => {
  const flags = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
  await using command = new Command(["serve", ...flags], { CURFEW_TOKENS_PATH: ":memory:", ...env });
  await command.printed(/admin key/);
  // The log's first line was written by the pool, whose threads exist from then on.
  await expect.poll(async () => (await threads(command.process.pid ?? 0, "libuv-worker")).length).toBe(expected);
});

// Node 22 does not name its threads.
const hasNames = process.platform === "linux" && Number.parseInt(process.versions.node, 10) >= 24;

test.runIf(hasNames)("compilers and collectors go behind the event loop", async () => {
  await using gateway = await WorkerGateway.start({}, { workers: 2 });
  for (const pid of [gateway.command.process.pid as number, ...gateway.workers()]) {
    const helpers = await threads(pid, "V8Worker");
    expect(helpers).not.toEqual([]);
    const expected = Math.min(19, getPriority(pid) + 10);
    expect(new Set(helpers.map((id) => getPriority(id)))).toEqual(new Set([expected]));
  }
});
