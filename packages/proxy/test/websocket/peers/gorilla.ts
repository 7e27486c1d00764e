import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Peer } from "../frames.ts";
import { startProgram } from "./program.ts";

/** Where Debian keeps the sources of Go packages. */
const GOPATH = "/usr/share/gocode";

/** Kept, because compiling Go's own packages takes long. */
const GOCACHE = join(import.meta.dirname, "../../../../../.cache/go-build");

/** A server of Go's gorilla, from Debian's source. */
export async function startGorilla(): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), "curfew-gorilla-"));
  const program = join(folder, "echo");
  const source = join(import.meta.dirname, "gorilla-echo.go");
  const env = { ...process.env, GOPATH, GO111MODULE: "off", GOFLAGS: "", GOCACHE };
  await promisify(execFile)("go", ["build", "-o", program, source], { env });
  const peer = await startProgram({ name: "gorilla", saysFault: false }, program, []);
  const stop = peer[Symbol.asyncDispose].bind(peer);
  return {
    ...peer,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
