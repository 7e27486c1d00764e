import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { syslogServer } from "../telemetry/audit/syslog.ts";
import type { Config } from "./config.ts";

/** A place that the gateway writes to. */
interface Place {
  /** The option's path. */
  readonly name: string;
  readonly file: string | null;
  /** Whether it is one file that is appended to. Of others only the folder counts: a new file is made, or a socket replaced. */
  readonly isKept: boolean;
  /** Whether the gateway makes the folders that are missing. */
  readonly makesFolders?: boolean;
}

/**
 * What keeps this user from writing where the gateway would, a line for each. These are no errors of the configuration: the
 * gateway may run as another user, on another machine, or have its folders made by systemd.
 */
export async function unusablePlaces(config: Config): Promise<readonly string[]> {
  const lines = placesOf(config).map(async ({ file, ...place }) => (file === null ? [] : await look(file, place)));
  return (await Promise.all(lines)).flat();
}

function placesOf({ admin, audit, cluster, log, record, tokens, unix_listen }: Config): readonly Place[] {
  const isAuditFile = audit.path !== null && audit.path !== "-" && syslogServer(audit.path) === undefined;
  const hasStore = tokens.from !== "none" && cluster.store === null && tokens.path !== ":memory:";
  return [
    { name: "unix_listen", file: unix_listen, isKept: false },
    { name: "record", file: record, isKept: false },
    { name: "tokens.path", file: hasStore ? tokens.path : null, isKept: true, makesFolders: true },
    { name: "admin.socket", file: admin.socket, isKept: false },
    { name: "audit.path", file: isAuditFile ? audit.path : null, isKept: true },
    { name: "log.file", file: log.file, isKept: true },
  ];
}

async function look(file: string, { name, isKept, makesFolders }: Omit<Place, "file">): Promise<readonly string[]> {
  const there = isKept ? await stat(file).catch(() => undefined) : undefined;
  if (there?.isDirectory() === true) return [`${name}: expected a file, but ${file} is a folder`];
  if (there !== undefined) {
    if (await mayWrite(file)) return [];
    return [`${name}: expected a file that can be written, but ${thisUser()} may not write ${file}`];
  }
  const expected = `${name}: expected a folder in which files can be made`;
  let folder = dirname(resolve(file));
  try {
    if (makesFolders === true) folder = await nearestFolder(folder);
    if (!(await stat(folder)).isDirectory()) return [`${expected}, but ${folder} is no folder`];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? "does not exist" : `cannot be looked at: ${code}`;
    return [`${expected}, but ${folder} ${found}`];
  }
  if (await mayWrite(folder, constants.X_OK)) return [];
  return [`${expected}, but ${thisUser()} may not write to ${folder}`];
}

/** The folder, or the first above it that exists. */
async function nearestFolder(folder: string): Promise<string> {
  const isMissing = await stat(folder).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
  return isMissing && folder !== dirname(folder) ? await nearestFolder(dirname(folder)) : folder;
}

/** Who has looked: the gateway's user may have other rights. */
function thisUser(): string {
  const id = process.geteuid?.();
  return id === undefined ? "this user" : `this user (id ${id})`;
}

async function mayWrite(path: string, more = 0): Promise<boolean> {
  return await access(path, constants.W_OK | more).then(
    () => true,
    () => false,
  );
}
