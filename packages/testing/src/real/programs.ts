import { accessSync, constants, globSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that a real server needs. */
export type Program =
  | "Xtigervnc"
  | "icewm"
  | "xterm"
  | "qemu-system-x86_64"
  | "busybox"
  | "mariadbd"
  | "mariadb-install-db"
  | "postgres"
  | "initdb"
  | "rabbitmq-server"
  | "redis-server";

/** The packages that bring each, and the name that it also goes by. */
const programs: Readonly<Record<Program, { debian: string; fedora: string; homebrew?: string; alias?: string }>> = {
  Xtigervnc: { debian: "tigervnc-standalone-server", fedora: "tigervnc-server", alias: "Xvnc" },
  icewm: { debian: "icewm", fedora: "icewm" },
  xterm: { debian: "xterm", fedora: "xterm" },
  "qemu-system-x86_64": { debian: "qemu-system-x86", fedora: "qemu-system-x86-core", homebrew: "qemu" },
  "rabbitmq-server": { debian: "rabbitmq-server", fedora: "rabbitmq-server", homebrew: "rabbitmq" },
  "redis-server": { debian: "redis-server", fedora: "valkey", homebrew: "valkey", alias: "valkey-server" },
  busybox: { debian: "busybox-static", fedora: "busybox" },
  mariadbd: { debian: "mariadb-server", fedora: "mariadb-server", homebrew: "mariadb" },
  "mariadb-install-db": { debian: "mariadb-server", fedora: "mariadb-server", homebrew: "mariadb" },
  postgres: { debian: "postgresql", fedora: "postgresql-server", homebrew: "postgresql" },
  initdb: { debian: "postgresql", fedora: "postgresql-server", homebrew: "postgresql" },
};

/** Where servers are that an ordinary user's PATH does not name: Debian's PostgreSQL has a folder for each version. */
const SERVER_FOLDERS = ["/usr/sbin", "/usr/libexec", "/usr/lib/postgresql/*/bin"];

/**
 * The program's path on this machine, or undefined when it is not installed. A busybox that needs shared libraries, or
 * is not for amd64, does not count: it cannot run in a guest.
 */
export function findProgram(name: Program, path: string = process.env["PATH"] ?? ""): string | undefined {
  const { alias } = programs[name];
  const folders = [...path.split(delimiter).filter((folder) => folder !== ""), ...globSync(SERVER_FOLDERS)];
  return [name, ...(alias === undefined ? [] : [alias])]
    .flatMap((file) => folders.map((folder) => join(folder, file)))
    .find((file) => isExecutable(file) && (name !== "busybox" || runsInGuest(readFileSync(file))));
}

/**
 * The program's path on this machine.
 * @throws Error naming the program and the packages that bring it, when it is not installed.
 */
export function requireProgram(name: Program): string {
  const found = findProgram(name);
  if (found !== undefined) return found;
  const { debian, fedora, homebrew } = programs[name];
  const commands = [
    `on Debian, apt-get install ${debian}`,
    `on Fedora, dnf install ${fedora}`,
    ...(homebrew === undefined ? [] : [`with Homebrew, brew install ${homebrew}`]),
  ];
  throw new Error(`${name} is not installed: ${commands.join("; ")}`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a program is an ELF file for amd64 that runs without a dynamic loader: no program header asks for one. */
function runsInGuest(program: Buffer): boolean {
  const magic = 0x7f454c46;
  const amd64 = 62;
  const interpreter = 3;
  if (program.length < 64 || program.readUInt32BE(0) !== magic || program.readUInt16LE(0x12) !== amd64) return false;
  const offset = Number(program.readBigUInt64LE(0x20));
  const size = program.readUInt16LE(0x36);
  const count = program.readUInt16LE(0x38);
  return Array.from({ length: count }, (_, index) => program.readUInt32LE(offset + index * size)).every(
    (type) => type !== interpreter,
  );
}
