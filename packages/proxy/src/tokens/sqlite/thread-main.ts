import { parentPort, workerData } from "node:worker_threads";
import { TokenDatabase } from "./database.ts";
import type { ThreadAnswer, ThreadCall, ThreadData } from "./store-thread.ts";

if (parentPort === null) throw new Error("this file is run by the token store, in a thread");
const port = parentPort;
const { path, waitMs } = workerData as ThreadData;
const database = new TokenDatabase(path, waitMs);

port.on("message", (call: ThreadCall) => port.postMessage(answer(call)));

function answer({ id, madeAt, name, args }: ThreadCall): ThreadAnswer {
  try {
    // What it has waited for the calls before it counts: a lock delays none of them longer than the first one.
    database.waitAtMost(Math.min(waitMs, Math.max(0, madeAt + waitMs - Date.now())));
    const result = (database[name] as (...args: readonly unknown[]) => unknown).apply(database, [...args]);
    if (name !== "close") database.moveReadMark();
    return { id, result };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
