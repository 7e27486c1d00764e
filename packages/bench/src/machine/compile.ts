import { execFile } from "node:child_process";
import { basename, join } from "node:path";
import { promisify } from "node:util";

/** Compiles a program in C into a folder, and returns its path. */
export async function compile(source: string, folder: string): Promise<string> {
  const program = join(folder, basename(source, ".c"));
  await promisify(execFile)("cc", ["-O2", "-o", program, source]);
  return program;
}
