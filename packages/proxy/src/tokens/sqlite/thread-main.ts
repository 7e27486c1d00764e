import { parentPort, workerData } from "node:worker_threads";
import { TokenDatabase } from "./database.ts";
import type { ThreadAnswer, ThreadCall, ThreadData } from "./store-thread.ts";

if (parentPort === null) throw new Error("this file is run by the token store, in a thread");
const port = parentPort;
const { path, waitMs } = workerData as ThreadData;
const database = new TokenDatabase(path, waitMs);

port.on("message", ({ id, name, args }: ThreadCall) => port.postMessage(answer(id, name, args)));

function answer(id: number, name: ThreadCall["name"], args: ThreadCall["args"]): ThreadAnswer {
  try {
    return { id, result: (database[name] as (...args: readonly unknown[]) => unknown).apply(database, [...args]) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
