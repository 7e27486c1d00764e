import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";

/** What a server may leave behind: running programs and files. */
export interface Watched extends AsyncDisposable {
  /** Command lines of programs that were started under watch and still run. */
  programs(): Promise<string[]>;
  /** Names of files that were made in the temporary folder and are still there. */
  files(): Promise<string[]>;
}

/** Points TMPDIR at a folder of its own, which also marks every program that is started from now on. */
export async function watchLeftovers(): Promise<Watched> {
  const folder = await mkdtemp(join(tmpdir(), "curfew-watched-"));
  // Servers that run as another user have folders in it.
  await chmod(folder, 0o755);
  vi.stubEnv("TMPDIR", folder);
  return {
    async programs() {
      const ids = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
      const lines = await Promise.all(ids.map(async (id) => markedCommand(id, `TMPDIR=${folder}`)));
      return lines.filter((line) => line !== undefined);
    },
    files: async () => readdir(folder),
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The command line of a process if its environment has the mark; a process that just left has none. */
async function markedCommand(id: string, mark: string): Promise<string | undefined> {
  try {
    const environment = await readFile(`/proc/${id}/environ`, "utf8");
    if (!environment.split("\0").includes(mark)) return undefined;
    return (await readFile(`/proc/${id}/cmdline`, "utf8")).replaceAll("\0", " ");
  } catch {
    return undefined;
  }
}
