import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** From now on no file that the process writes can grow, as on a full disk; pipes and sockets can be written. */
export async function fillDisk(pid: number): Promise<void> {
  await run("prlimit", [`--pid=${pid}`, "--fsize=1:unlimited"]);
}

/** The reverse of {@link fillDisk}. */
export async function freeDisk(pid: number): Promise<void> {
  await run("prlimit", [`--pid=${pid}`, "--fsize=unlimited:unlimited"]);
}
