import { access, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { readConfigFile } from "../../read-file.ts";
import type { Flag, Layer } from "./configuration.ts";
import { type Assignment, ConfFileError, parseIniFile } from "./ini-file.ts";

/** One of the command line's arguments that say where values come from. */
export type Argument = { readonly configFile: string } | { readonly configDir: string } | Flag;

/** Where files are looked for that no argument names. */
export interface DefaultFolders {
  /** From the first to the last choice. @defaultValue `~/.nova`, `~`, `/etc/nova`, `/etc` */
  readonly folders?: readonly string[];
  /** The service, such as `nova-novncproxy`, which may have a file of its own. */
  readonly program: string;
}

const FOLDERS = [join(homedir(), ".nova"), homedir(), "/etc/nova", "/etc"];

/**
 * Reads the files that the arguments name, in their order. Without `--config-file` (`--config-dir`) those of the
 * defaults are read first: `nova.conf` and `<program>.conf` (`nova.conf.d` and `<program>.conf.d`), each from the first
 * folder that has it.
 *
 * @param filled - the files that were not empty when they were read before, to which this adds. One that is empty now is
 * refused: it is being written, or the disk was full.
 * @throws ConfFileError naming the file, the line and what was expected.
 */
export async function readLayers(
  args: readonly Argument[],
  defaults: DefaultFolders,
  filled: Set<string> = new Set(),
): Promise<readonly Layer[]> {
  const named: Layer[][] = [];
  for (const argument of args) {
    if ("configFile" in argument) named.push([await readConfFile(argument.configFile, filled)]);
    else if ("configDir" in argument) named.push(await readConfFolder(argument.configDir, filled));
    else named.push([argument]);
  }
  const files = args.some((each) => "configFile" in each) ? [] : await findDefaults(".conf", defaults, filled);
  const folders = args.some((each) => "configDir" in each) ? [] : await findDefaults(".conf.d", defaults, filled);
  const layers: Layer[] = [];
  for (const file of files) layers.push(await readConfFile(file, filled));
  for (const folder of folders) layers.push(...(await readConfFolder(folder, filled)));
  return [...layers, ...named.flat()];
}

async function findDefaults(
  extension: string,
  { folders = FOLDERS, program }: DefaultFolders,
  filled: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of ["nova", program]) {
    for (const path of folders.map((folder) => join(folder, name + extension))) {
      // One that was read before and is gone is an error, too.
      if (!filled.has(path) && !(await exists(path))) continue;
      found.push(path);
      break;
    }
  }
  return found;
}

async function readConfFile(path: string, filled: Set<string>): Promise<readonly Assignment[]> {
  const file = resolve(expandUser(path));
  const bytes = await readConfigFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new ConfFileError(`${file}: cannot be read: ${error.code ?? error.message}`);
  });
  if (bytes.length > 0) filled.add(file);
  else if (filled.has(file)) throw new ConfFileError(`${file}: expected options, as before, but it is empty`);
  try {
    return parseIniFile(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), file);
  } catch (error) {
    if (error instanceof TypeError) throw new ConfFileError(`${file}: expected text in UTF-8`);
    throw error;
  }
}

/** The files `*.conf` of a folder, in the order of their names. */
async function readConfFolder(path: string, filled: Set<string>): Promise<Layer[]> {
  const folder = resolve(expandUser(path));
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new ConfFileError(`${folder}: cannot be read: ${error.code ?? error.message}`);
  });
  const layers: Layer[] = [];
  for (const name of names.filter((each) => /^[^.].*\.conf$/su.test(each)).toSorted(byCodePoint)) {
    layers.push(await readConfFile(join(folder, name), filled));
  }
  return layers;
}

/** As Python sorts strings. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** `~` and `~/…`; the folders of other users are not known here. */
function expandUser(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
