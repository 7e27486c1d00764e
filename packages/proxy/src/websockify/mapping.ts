import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ConfigInput } from "../config/config.ts";
import { ConfigError } from "../config/schema.ts";
import type { TokenSourceInput } from "../config/token-source-config.ts";
import type { TlsMinimum } from "../http/tls/server.ts";
import { formatAddress } from "../net/address.ts";
import { formatEndpoint } from "../net/endpoint.ts";
import type { ConsoleType } from "../tokens/grant.ts";
import { MAX_LIFETIME_SECONDS } from "../tokens/store.ts";
import { mapAuthPlugin } from "./auth-plugins.ts";
import type { ListenForm, TargetForm, WebsockifyCommand } from "./command-line.ts";
import type { GivenOptions } from "./option-table.ts";
import { mapTokenPlugin } from "./token-plugins.ts";

/** What websockify's options are in Curfew's configuration. */
export interface WebsockifyMapping {
  /** Defaults of websockify, which Curfew's own configuration overrides. */
  readonly defaults: ConfigInput;
  /** What the command line says, which overrides both. */
  readonly flags: ConfigInput;
  readonly source: TokenSourceInput;
  /** What websockify would do and Curfew does differently: a line for the log each. */
  readonly warnings: readonly string[];
}

/** Facts that the command line does not tell. */
export interface MappingContext {
  /** The address that the listener's host stands for. */
  readonly address: string;
  /** Where a wrapped command listens; undefined without one. */
  readonly commandPort: number | undefined;
  readonly consoleType: ConsoleType;
}

/** The certificate that websockify looks for. */
const DEFAULT_CERT = "self.pem";

/** Where systems keep the authorities that they trust. */
const SYSTEM_AUTHORITIES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * Says what a command line of websockify is in Curfew's configuration.
 *
 * @throws ConfigError when websockify would not start, or Curfew cannot do what an option demands.
 */
export async function mapCommand(
  { listen, target }: WebsockifyCommand,
  options: GivenOptions,
  context: MappingContext,
): Promise<WebsockifyMapping> {
  const warnings: string[] = [];
  const { source, sockets } = await mapTarget(target, options, context);
  const auth = options.get("--auth-plugin");
  const access = typeof auth === "string" ? mapAuthPlugin(auth, text(options, "--auth-source") ?? "") : {};
  if (access.client_names !== undefined && !options.has("--verify-client")) {
    throw new ConfigError([`--auth-plugin ${auth}: expected --verify-client as well: no certificate is asked for`]);
  }
  const flags: ConfigInput = {
    ...mapListen(listen, context),
    ...mapTls(listen, options, warnings),
    ...mapFiles(options),
    ...(options.has("--traffic") && { traffic: true }),
    access: { ...access, ...(options.has("--web-auth") && { page: true }) },
    tokens: { from: target.type === "tokens" ? (options.has("--host-token") ? "host" : "request") : "none" },
    ...(options.has("--run-once") && { sessions: { max: 1 } }),
    ...mapHeartbeat(options),
    console: mapTlsVersions(options, warnings),
    log: mapLog(options),
  };
  if (options.has("--libserver")) warnings.push("--libserver: has no effect: there is only one engine");
  return { defaults: defaultsFor(sockets, options.has("--ssl-target")), flags, source, warnings };
}

/**
 * websockify dials everything, trusts the system's authorities, asks for no origin, has no page, lets a token open any
 * number of sessions for ever, and ends them at SIGTERM.
 */
function defaultsFor(sockets: string | undefined, useTls: boolean): ConfigInput {
  return {
    access: { origins: ["*"] },
    admin: { listen: "127.0.0.1:0" },
    console: { page: false },
    consoleauth: { token_ttl: MAX_LIFETIME_SECONDS },
    sessions: { max_per_token: null, drain_timeout: 0 },
    targets: {
      allow: ["0.0.0.0/0", "::/0", ...(sockets === undefined ? [] : [`unix:${sockets}/`])],
      ...(useTls && { tls_ca_certs: SYSTEM_AUTHORITIES.find(existsSync) ?? null }),
    },
    tokens: { path: ":memory:" },
  };
}

interface MappedTarget {
  readonly source: TokenSourceInput;
  /** Folder of Unix sockets that may be dialed. */
  readonly sockets?: string | undefined;
}

async function mapTarget(target: TargetForm, options: GivenOptions, context: MappingContext): Promise<MappedTarget> {
  const { consoleType } = context;
  const useTls = options.has("--ssl-target");
  if (useTls && target.type !== "tcp") {
    throw new ConfigError([
      "--ssl-target: expected target_addr:target_port as well; where tokens name targets, write tls://host:port there",
    ]);
  }
  if (target.type === "tokens") return await mapTokenPlugin(target.plugin, target.source, consoleType);
  const path = target.type === "unix" ? resolve(target.path) : undefined;
  if (path !== undefined && dirname(path) === "/") {
    throw new ConfigError([`--unix-target: expected a socket in a folder, such as /run/console.sock, but got ${path}`]);
  }
  return {
    source: { type: "fixed", endpoint: endpointOf(target, useTls, context), console_type: consoleType },
    sockets: path && dirname(path),
  };
}

function endpointOf(
  target: Exclude<TargetForm, { readonly type: "tokens" }>,
  useTls: boolean,
  { commandPort = 0 }: MappingContext,
): string {
  switch (target.type) {
    case "tcp":
      return formatEndpoint({ ...target, type: useTls ? "tls" : "tcp" });
    case "unix":
      return formatEndpoint({ type: "unix", path: resolve(target.path) });
    case "command":
      return formatEndpoint({ type: "tcp", host: "127.0.0.1", port: commandPort });
  }
}

function mapListen(listen: ListenForm, { address }: MappingContext): ConfigInput {
  switch (listen.type) {
    case "tcp":
      return { listen: formatAddress({ host: address, port: listen.port }) };
    case "unix":
      return { unix_listen: resolve(listen.path), unix_listen_mode: listen.mode };
    case "inetd":
      return { listen_fd: 0 };
  }
}

function mapTls(listen: ListenForm, options: GivenOptions, warnings: string[]): ConfigInput {
  const given = text(options, "--cert");
  // A Unix socket has a reverse proxy in front of it, which speaks TLS.
  if (listen.type === "unix" && given === undefined && !options.has("--ssl-only")) return {};
  const cert = given ?? DEFAULT_CERT;
  if (!existsSync(cert)) {
    // In websockify's words, which its users search for.
    if (options.has("--ssl-only")) throw new ConfigError([`SSL only and ${cert} not found`]);
    if (options.has("--verify-client"))
      throw new ConfigError([`--verify-client: expected --cert, but ${cert} is not found`]);
    if (given !== undefined) warnings.push(`--cert: there is no ${given}, so clients are not served over TLS`);
    return {};
  }
  if (options.has("--cafile") && !options.has("--verify-client")) {
    warnings.push("--cafile: has no effect without --verify-client");
  }
  return {
    cert: resolve(cert),
    ssl_only: options.has("--ssl-only"),
    key: filePath(options, "--key"),
    key_password: text(options, "--key-password"),
    ...(options.has("--verify-client") && { client_ca: filePath(options, "--cafile") ?? systemAuthorities() }),
  };
}

function systemAuthorities(): string {
  const found = SYSTEM_AUTHORITIES.find(existsSync);
  if (found !== undefined) return found;
  throw new ConfigError(["--verify-client: expected --cafile as well: the system's list of authorities is not found"]);
}

function mapTlsVersions(options: GivenOptions, warnings: string[]): ConfigInput["console"] {
  const version = text(options, "--ssl-version");
  if (version === "tlsv1_1") warnings.push("--ssl-version: TLS 1.1 is not offered; TLS 1.2 is the oldest");
  const ciphers = text(options, "--ssl-ciphers");
  return {
    // The command took no other value.
    ...(version !== undefined && { ssl_minimum_version: version === "tlsv1_1" ? "tlsv1_2" : (version as TlsMinimum) }),
    ...(ciphers !== undefined && { ssl_ciphers: ciphers }),
  };
}

function mapFiles(options: GivenOptions): ConfigInput {
  const [web, record] = [filePath(options, "--web"), filePath(options, "--record")];
  return { ...(web !== undefined && { web }), ...(record !== undefined && { record }) };
}

function mapHeartbeat(options: GivenOptions): ConfigInput {
  const seconds = options.get("--heartbeat");
  // As in websockify, 0 asks for none: the gateway's own interval holds.
  return typeof seconds === "number" && seconds > 0 ? { connections: { ping_interval: seconds } } : {};
}

function mapLog(options: GivenOptions): ConfigInput["log"] {
  const file = filePath(options, "--log-file");
  return {
    ...(options.has("--verbose") && { level: "debug" as const }),
    ...(file !== undefined && { file }),
    ...mapSyslog(options),
  };
}

function mapSyslog(options: GivenOptions): ConfigInput["log"] {
  const server = text(options, "--syslog");
  if (server === undefined) return {};
  return {
    // As websockify tells them apart.
    syslog: server.includes(":") ? server : resolve(server),
    syslog_facility: options.has("--daemon") ? "daemon" : "user",
    syslog_format: options.has("--legacy-syslog") ? "rfc3164" : "rfc5424",
  };
}

/** Paths count from the folder that the command is started in. */
function filePath(options: GivenOptions, name: string): string | undefined {
  const value = text(options, name);
  return value === undefined ? undefined : resolve(value);
}

function text(options: GivenOptions, name: string): string | undefined {
  const value = options.get(name);
  return typeof value === "string" ? value : undefined;
}
