import { mkdtempDisposable, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLayers } from "./files.ts";

test("a file that was read before and is empty now, or gone, is refused; one that has always been empty is not", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "curfew-nova-files-"));
  const found = join(folder.path, "nova.conf");
  const named = join(folder.path, "named.conf");
  const empty = join(folder.path, "empty.conf");
  const write = async (text: string): Promise<unknown> =>
    await Promise.all([found, named].map((file) => writeFile(file, text)));
  await write("[vnc]\nnovncproxy_port = 1\n");
  await writeFile(empty, "");
  const filled = new Set<string>();
  const readFound = async (): Promise<unknown> =>
    await readLayers([], { program: "absent", folders: [folder.path] }, filled);
  const readNamed = async (): Promise<unknown> =>
    await readLayers([{ configFile: named }, { configFile: empty }], { program: "absent", folders: [] }, filled);
  for (const read of [readFound, readNamed, readNamed]) await read();
  await write("");
  await expect(readFound()).rejects.toThrow(`${found}: expected options, as before, but it is empty`);
  await expect(readNamed()).rejects.toThrow(`${named}: expected options, as before, but it is empty`);
  await rm(found);
  await expect(readFound()).rejects.toThrow(`${found}: cannot be read: ENOENT`);
});
