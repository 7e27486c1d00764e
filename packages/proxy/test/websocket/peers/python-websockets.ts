import { join } from "node:path";
import { findPython } from "../../support/python.ts";
import type { Peer } from "../frames.ts";
import { startProgram } from "./program.ts";

/** A server of Python's `websockets`. */
export async function startPythonWebsockets(): Promise<Peer> {
  return await startProgram({ name: "websockets", saysFault: true }, findPython("websockets"), [
    join(import.meta.dirname, "python-echo.py"),
  ]);
}
