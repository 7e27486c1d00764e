import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { LOOPBACK, onFreePort } from "./ports.ts";
import { type Account, type ServerProcess, startProcess, unprivilegedAccount } from "./process.ts";
import { requireProgram } from "./programs.ts";
import { makeFolder, whenReady } from "./server.ts";
import { copyTls } from "./tls-files.ts";

const run = promisify(execFile);

/** How long a server may take to start, in milliseconds. */
const START_MS = 60_000;

/** How often a server's output is looked at, in milliseconds. */
const POLL_MS = 20;

/** A real database server with nothing in it. Listens on 127.0.0.1, 127.0.0.2 and a Unix socket. */
export interface DatabaseServer extends AsyncDisposable {
  readonly host: string;
  /** TCP port; the same after a restart. */
  readonly port: number;
  /** The socket's path (MariaDB), or the folder that holds it (PostgreSQL). */
  readonly socket: string;
  /** An administrator of the server. */
  readonly user: string;
  readonly password: string;
  /** Ends the server as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, with its data. */
  start(): Promise<void>;
  /** Stops it from answering; its connections stay open. */
  freeze(): void;
  /** Lets it go on. */
  thaw(): void;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/** How to start a database server. */
export interface DatabaseServerOptions {
  /** PEM files. Without them the server has no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** What differs between the servers. */
interface Kind {
  readonly name: string;
  readonly user: string;
  /** Makes the files of a new server in `folder`/data. */
  initialize(folder: string, account: Account | undefined): Promise<void>;
  command(folder: string, port: number, tls: DatabaseServerOptions["tls"]): readonly [string, ...string[]];
  socket(folder: string): string;
}

/** A second address is for tests of names in certificates. */
const ADDRESSES = `${LOOPBACK},127.0.0.2`;

const PASSWORD = "p@ss:w/rd";

const MARIADB: Kind = {
  name: "MariaDB",
  user: "curfew",
  async initialize(folder, account) {
    const data = join(folder, "data");
    const settings = [
      "--no-defaults",
      `--datadir=${data}`,
      `--tmpdir=${folder}`,
      "--skip-test-db",
      "--auth-root-authentication-method=normal",
    ];
    const user = account === undefined ? [] : ["--user=nobody"];
    await run(requireProgram("mariadb-install-db"), [...settings, ...user], { maxBuffer: 2 ** 24 });
    const statements = [
      `CREATE USER IF NOT EXISTS 'curfew'@'%' IDENTIFIED BY '${PASSWORD}';`,
      "GRANT ALL ON *.* TO 'curfew'@'%' WITH GRANT OPTION;",
    ];
    await writeFile(join(folder, "init.sql"), statements.join("\n"));
  },
  command: (folder, port, tls) => [
    requireProgram("mariadbd"),
    "--no-defaults",
    `--datadir=${join(folder, "data")}`,
    // Not TMPDIR, which its user may not be allowed to write to.
    `--tmpdir=${folder}`,
    `--socket=${join(folder, "socket")}`,
    `--pid-file=${join(folder, "pid")}`,
    `--init-file=${join(folder, "init.sql")}`,
    `--port=${port}`,
    `--bind-address=${ADDRESSES}`,
    "--skip-name-resolve",
    "--innodb-buffer-pool-size=16M",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-fast-shutdown=2",
    ...(tls === undefined ? [] : [`--ssl-cert=${tls.cert}`, `--ssl-key=${tls.key}`]),
  ],
  socket: (folder) => join(folder, "socket"),
};

const POSTGRESQL: Kind = {
  name: "PostgreSQL",
  user: "postgres",
  async initialize(folder, account) {
    const passwordFile = join(folder, "password");
    await writeFile(passwordFile, PASSWORD);
    const data = ["-D", join(folder, "data"), "--no-sync", "-U", "postgres", "-E", "UTF8", "--locale=C"];
    const access = ["-A", "scram-sha-256", `--pwfile=${passwordFile}`];
    await run(requireProgram("initdb"), [...data, ...access], { ...account });
  },
  command: (folder, port, tls) => [
    requireProgram("postgres"),
    "-D",
    join(folder, "data"),
    "-p",
    `${port}`,
    ...[
      `listen_addresses=${ADDRESSES}`,
      `unix_socket_directories=${folder}`,
      "fsync=off",
      "max_connections=60",
      ...(tls === undefined ? [] : ["ssl=on", `ssl_cert_file=${tls.cert}`, `ssl_key_file=${tls.key}`]),
    ].flatMap((setting) => ["-c", setting]),
  ],
  socket: (folder) => folder,
};

/**
 * Starts MariaDB on a free port of this machine, as an unprivileged user where this process is root.
 * @throws Error when it is not installed, or does not start.
 */
export async function startMariaDb(options: DatabaseServerOptions = {}): Promise<DatabaseServer> {
  return startServer(MARIADB, options);
}

/**
 * Starts PostgreSQL on a free port of this machine, as an unprivileged user where this process is root.
 * @throws Error when it is not installed, or does not start.
 */
export async function startPostgreSql(options: DatabaseServerOptions = {}): Promise<DatabaseServer> {
  return startServer(POSTGRESQL, options);
}

async function startServer(kind: Kind, { tls }: DatabaseServerOptions): Promise<DatabaseServer> {
  const folder = await makeFolder("database");
  try {
    const account = unprivilegedAccount();
    await mkdir(join(folder, "data"), { mode: 0o700 });
    const own = tls && (await copyTls(folder, tls));
    for (const file of ["", "data"]) {
      if (account !== undefined) await chown(join(folder, file), account.uid, account.gid);
    }
    await kind.initialize(folder, account);
    return await onFreePort(async (port) => {
      const server = new Server(kind, { folder, port, account, tls: own });
      await server.start();
      return server;
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Both accept connections before they can serve them, and write a line when they can. */
async function saysReady(server: ServerProcess, signal: AbortSignal): Promise<void> {
  while (!/ready (?:for|to accept) connections/.test(server.stderr())) await delay(POLL_MS, undefined, { signal });
}

class Server implements DatabaseServer {
  readonly host = LOOPBACK;
  readonly port: number;
  readonly socket: string;
  readonly user: string;
  readonly password = PASSWORD;
  readonly #kind: Kind;
  readonly #folder: string;
  readonly #account: Account | undefined;
  readonly #tls: DatabaseServerOptions["tls"];
  #process: ServerProcess | undefined;

  constructor(
    kind: Kind,
    at: { folder: string; port: number; account: Account | undefined; tls: DatabaseServerOptions["tls"] },
  ) {
    this.#kind = kind;
    this.#folder = at.folder;
    this.#account = at.account;
    this.#tls = at.tls;
    this.port = at.port;
    this.user = kind.user;
    this.socket = kind.socket(at.folder);
  }

  async start(): Promise<void> {
    const [program, ...args] = this.#kind.command(this.#folder, this.port, this.#tls);
    const server = await startProcess(program, args, 1, {}, this.#account);
    this.#process = server;
    await whenReady(this.#kind.name, server, START_MS, async (signal) => saysReady(server, signal));
  }

  async kill(): Promise<void> {
    this.#signal("SIGKILL");
    await this.#process?.exited;
  }

  freeze(): void {
    this.#signal("SIGSTOP");
  }

  thaw(): void {
    this.#signal("SIGCONT");
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.#process?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** To its processes: PostgreSQL has one for each connection, each in a session of its own. */
  #signal(signal: NodeJS.Signals): void {
    if (this.#process === undefined) return;
    const { pid } = this.#process;
    for (const each of [pid, ...childrenOf(pid)]) {
      try {
        process.kill(each, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

/** The fourth field of the process's status; the second one may contain spaces and parentheses (proc(5)). */
function parentOf(pid: string): number | undefined {
  try {
    const status = readFileSync(join("/proc", pid, "stat"), "latin1");
    return Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    // It has left.
    return undefined;
  }
}
