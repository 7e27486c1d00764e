import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import type { Peer } from "../frames.ts";
import { startProgram } from "./program.ts";

/** A server of Python's `websockets`, of the first Python on the PATH that has it. */
export async function startPythonWebsockets(): Promise<Peer> {
  const pythons = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "python3"));
  const python = pythons.find((each) => spawnSync(each, ["-c", "import websockets"], { stdio: "ignore" }).status === 0);
  if (python === undefined) throw new Error("no python3 on the PATH has the module websockets");
  return await startProgram({ name: "websockets", saysFault: true }, python, [
    join(import.meta.dirname, "python-echo.py"),
  ]);
}
