import { execFile } from "node:child_process";
import { basename, join } from "node:path";
import { promisify } from "node:util";

/**
 * Compiles a C program.
 * @param folder - where the executable goes
 * @returns the path of the executable
 */
export async function compileC(source: string, folder: string): Promise<string> {
  const program = join(folder, basename(source, ".c"));
  await promisify(execFile)("cc", ["-O2", "-o", program, source]);
  return program;
}
