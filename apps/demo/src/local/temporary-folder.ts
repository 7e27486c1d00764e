import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Which demonstration a folder is for. */
export type Purpose = "nova" | "cluster";

/**
 * Makes a folder for all that this process and its servers write. Folders of processes that are gone are removed: one
 * that was killed removed none.
 */
export async function makeTemporaryFolder(purpose: Purpose, parent: string = tmpdir()): Promise<string> {
  await Promise.all((await readdir(parent)).map(async (name) => await removeAbandoned(parent, name)));
  // The process that made it is part of its name.
  return await mkdtemp(join(parent, `curfew-${purpose}-${process.pid}-`));
}

async function removeAbandoned(parent: string, name: string): Promise<void> {
  const [, pid] = /^curfew-(?:nova|cluster)-(\d+)-\w+$/u.exec(name) ?? [];
  if (pid === undefined || isRunning(Number(pid))) return;
  const path = join(parent, name);
  try {
    const found = await lstat(path);
    // Not those that other users have made.
    if (found.isDirectory() && found.uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
  } catch {
    // Another process removes it, too.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One that may not be signaled exists.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
