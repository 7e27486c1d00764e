import { execFile } from "node:child_process";
import { basename, join } from "node:path";
import { promisify } from "node:util";

/** Where Debian keeps the sources of Go packages. */
const GOPATH = "/usr/share/gocode";

/** Kept, because compiling Go's own packages takes longer than most scenarios. */
const GOCACHE = join(import.meta.dirname, "../../../../.cache/go-build");

/**
 * Compiles a Go program with the packages of Debian.
 * @param folder - where the executable goes
 * @returns the path of the executable
 */
export async function compileGo(source: string, folder: string): Promise<string> {
  const program = join(folder, basename(source, ".go"));
  const env = { ...process.env, GOPATH, GO111MODULE: "off", GOFLAGS: "", GOCACHE };
  await promisify(execFile)("go", ["build", "-o", program, source], { env });
  return program;
}
