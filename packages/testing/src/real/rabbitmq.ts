import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chown, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { accepting, LOOPBACK, onFreePort } from "./ports.ts";
import { type ServerProcess, startProcess, unprivilegedAccount } from "./process.ts";
import { findProgram, requireProgram } from "./programs.ts";
import { discard, makeFolder, type RealServer, whenReady } from "./server.ts";
import { copyTls, type TlsFiles } from "./tls-files.ts";

/** How long the broker may take to start, in milliseconds. */
const START_MS = 60_000;

/** Where Debian and Fedora have the broker itself. The program of this name on the PATH wants to be root there. */
const LIBRARY = "/usr/lib/rabbitmq/bin";

/** A message broker. */
export interface RabbitMq extends RealServer {
  /** The port with TLS; undefined without {@link RabbitMqOptions.tls}. */
  readonly tlsPort: number | undefined;
  /** Ends the broker at once. Its files stay; a lasting queue is there again after {@link restart}. */
  crash(): Promise<void>;
  /** Starts the broker again on its ports. Resolves when it accepts connections. */
  restart(): Promise<void>;
  /**
   * How many connections clients have, as the broker tells; this takes a second or two.
   * @param user - counts only those of this user.
   */
  connections(user?: string): Promise<number>;
}

/** How to start RabbitMQ. */
export interface RabbitMqOptions {
  /** Users with all rights, with their passwords. Default: guest, guest. */
  readonly users?: Readonly<Record<string, string>>;
  /** Virtual hosts. Default: only `/`. */
  readonly virtualHosts?: readonly string[];
  /** Paths of a certificate and its key, as PEM, for a port with TLS besides the other one. Default: none. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/**
 * Starts a RabbitMQ node of its own on loopback, with free ports, its own files and no plugins; as root, it runs as nobody.
 * Resolves when it accepts connections, which takes some seconds.
 * @throws Error when RabbitMQ is not installed, or does not start.
 */
export async function startRabbitMq(options: RabbitMqOptions = {}): Promise<RabbitMq> {
  const program = findProgram("rabbitmq-server", [LIBRARY, process.env["PATH"]].join(delimiter));
  const command = program ?? requireProgram("rabbitmq-server");
  return await onFreePort((port) =>
    onFreePort((distribution) =>
      onFreePort((epmd) => onFreePort((tls) => startNode(command, { port, distribution, epmd, tls }, options))),
    ),
  );
}

interface Ports {
  readonly port: number;
  /** Of Erlang, for connections between nodes. */
  readonly distribution: number;
  /** Of Erlang's name server. */
  readonly epmd: number;
  readonly tls: number;
}

async function startNode(command: string, ports: Ports, options: RabbitMqOptions): Promise<RabbitMq> {
  const folder = await makeFolder("rabbitmq");
  const environment = await configure(folder, ports, options);
  const processes: ServerProcess[] = [];
  const start = async (): Promise<ServerProcess> => {
    const node = await startUnprivileged(command, [], environment);
    processes[1] = node;
    const listening = options.tls === undefined ? [ports.port] : [ports.port, ports.tls];
    await whenReady("RabbitMQ", node, START_MS, (signal) =>
      Promise.all(listening.map((port) => accepting(port, signal))),
    );
    return node;
  };
  try {
    // Erlang would start its name server itself, and leave it behind.
    processes.push(await startUnprivileged("epmd", ["-port", `${ports.epmd}`, "-address", LOOPBACK], environment));
    let node = await start();
    let stopped: Promise<void> | undefined;
    const crash = (): Promise<void> => node.kill();
    const stop = (): Promise<void> => (stopped ??= crash().then(() => discard(processes, folder)));
    return {
      host: LOOPBACK,
      port: ports.port,
      tlsPort: options.tls && ports.tls,
      exited: node.exited,
      stderr: () => node.stderr(),
      crash,
      async restart() {
        node = await start();
      },
      async connections(user) {
        const users = await listConnections(command, environment);
        return users.filter((each) => user === undefined || each === user).length;
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await discard(processes, folder);
    throw error;
  }
}

/** Starts a program as nobody if this process is root. */
async function startUnprivileged(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  return await startProcess(command, args, 3, environment, unprivilegedAccount());
}

/** The users of all connections. */
async function listConnections(
  command: string,
  environment: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  // RabbitMQ refuses others than the owner of its cookie.
  const { stdout } = await promisify(execFile)(
    join(dirname(command), "rabbitmqctl"),
    ["--quiet", "list_connections", "user", "--formatter", "json"],
    { env: { ...process.env, ...environment }, ...unprivilegedAccount() },
  );
  return (JSON.parse(stdout) as { readonly user: string }[]).map(({ user }) => user);
}

/** Writes the node's files, and returns its environment. */
async function configure(folder: string, ports: Ports, options: RabbitMqOptions): Promise<Record<string, string>> {
  const definitions = join(folder, "definitions.json");
  await writeFile(definitions, JSON.stringify(definitionsOf(options)));
  const settings = [
    `listeners.tcp.1 = ${LOOPBACK}:${ports.port}`,
    `load_definitions = ${definitions}`,
    "loopback_users = none",
    "disk_free_limit.absolute = 1MB",
  ];
  if (options.tls !== undefined) settings.push(...(await configureTls(folder, ports.tls, options.tls)));
  await writeFile(join(folder, "rabbitmq.conf"), settings.join("\n"));
  await writeFile(join(folder, "enabled_plugins"), "[].");
  const account = unprivilegedAccount();
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  return {
    HOME: folder,
    // Erlang's cookie is made in HOME. The variable makes the script become the broker instead of a parent of it.
    RUNNING_UNDER_SYSTEMD: "true",
    RABBITMQ_NODENAME: `curfew${ports.port}@localhost`,
    RABBITMQ_DIST_PORT: `${ports.distribution}`,
    RABBITMQ_CONF_ENV_FILE: join(folder, "none.conf"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
    RABBITMQ_MNESIA_BASE: join(folder, "data"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_PID_FILE: join(folder, "pid"),
    // One scheduler, and nothing that other machines reach.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}",
    ERL_EPMD_PORT: `${ports.epmd}`,
    ERL_EPMD_ADDRESS: LOOPBACK,
  };
}

/** Settings of the port with TLS. */
async function configureTls(folder: string, port: number, tls: TlsFiles): Promise<string[]> {
  const { cert, key } = await copyTls(folder, tls);
  return [
    `listeners.ssl.1 = ${LOOPBACK}:${port}`,
    `ssl_options.certfile = ${cert}`,
    `ssl_options.keyfile = ${key}`,
    "ssl_options.verify = verify_none",
  ];
}

function definitionsOf({ users = { guest: "guest" }, virtualHosts = ["/"] }: RabbitMqOptions): object {
  const names = Object.keys(users);
  const all = ".*";
  return {
    vhosts: virtualHosts.map((name) => ({ name })),
    users: Object.entries(users).map(([name, password]) => ({
      name,
      password_hash: hash(password),
      hashing_algorithm: "rabbit_password_hashing_sha256",
      tags: "",
    })),
    permissions: virtualHosts.flatMap((vhost) =>
      names.map((user) => ({ user, vhost, configure: all, write: all, read: all })),
    ),
  };
}

/** As RabbitMQ stores passwords: a salt, and the SHA-256 of salt and password. */
function hash(password: string): string {
  const salt = randomBytes(4);
  return Buffer.concat([salt, createHash("sha256").update(salt).update(password).digest()]).toString("base64");
}
