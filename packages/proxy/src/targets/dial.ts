import { connect, isIP, type LookupFunction, Socket } from "node:net";
import { hasDescriptorFor } from "../net/descriptors.ts";
import { type Endpoint, formatEndpoint, type TlsEndpoint } from "../net/endpoint.ts";
import { EndError } from "../end-reason.ts";
import type { AllowList } from "../net/allow-list.ts";
import { AnswerTimer } from "../time/answer-timer.ts";
import { Handshake } from "./handshake.ts";
import { NameLookups } from "./name-lookups.ts";
import type { ReadMemory, TargetReader } from "./reader.ts";
import type { Stage } from "./stage.ts";
import { Target } from "./target.ts";
import type { TargetTls } from "./target-tls.ts";
import { startTls } from "./tls.ts";

/** Of this process, as the pool of threads is. */
const systemNames = new NameLookups();

/**
 * How long one of several addresses of a name may take to accept before the next one is tried, in milliseconds: more than
 * it takes to send a lost packet again, if the time for all of them allows it.
 */
const ATTEMPT_MS = 1250;

/** What Node demands, in milliseconds. */
const LEAST_ATTEMPT_MS = 10;

export interface DialOptions {
  readonly allow: AllowList;
  /** Milliseconds that the target has to accept the connection and to complete its handshake. */
  readonly timeoutMs: number;
  /** How TLS targets are secured. */
  readonly tls?: TargetTls | undefined;
  /** Test seam. @defaultValue the system's */
  readonly names?: NameLookups | undefined;
}

/**
 * Starts to connect to a target and runs the stages of its handshake. Each address that its name resolves to is
 * checked against the allow-list, and only an allowed one is dialed, so that a name cannot change its meaning in
 * between; the same goes for the path of a Unix socket and the links in it.
 *
 * @param reader - what the target is read into once {@link Target.start} is called, or at once without a handshake.
 * @param stages - what follows the connection, and TLS if the endpoint wants it.
 * @throws EndError `forbidden` at once when the target is an address outside the allow-list.
 */
export function dial(
  endpoint: Endpoint,
  options: DialOptions,
  reader: TargetReader,
  stages: readonly Stage[] = [],
): Target {
  const { allow, tls } = options;
  if (endpoint.type !== "unix" && isIP(endpoint.host) !== 0 && !allow.allows(endpoint.host, endpoint.port)) {
    throw outsideAllowList(endpoint);
  }
  const all = endpoint.type === "tls" ? [secure(endpoint, tls), ...stages] : stages;
  const open = (onread: ReadMemory): Socket => openSocket(endpoint, options, onread);
  const handshake = all.length === 0 ? undefined : new Handshake(all, open);
  const socket = handshake?.socket ?? open(reader.onread);
  const takesEarlyBytes = endpoint.type === "tcp" && handshake === undefined;
  return new Target(socket, handshake, takesEarlyBytes, establish(endpoint, options, socket, handshake));
}

/** TLS, with the files as they are when the target is dialed. */
function secure(endpoint: TlsEndpoint, { context, checkServerName }: TargetTls = {}): Stage {
  if (context === undefined) return startTls({ ...endpoint, checkServerName });
  return async (target) => await startTls({ ...endpoint, secureContext: await context(), checkServerName })(target);
}

/**
 * A socket that is already connecting, except for a Unix socket, whose path has to be looked at first. Of the addresses
 * of a name, one after the other is tried, IPv6 and IPv4 in turn (RFC 8305, except that an attempt ends when the next one
 * begins).
 */
function openSocket(endpoint: Endpoint, { allow, names, timeoutMs }: DialOptions, onread: ReadMemory): Socket {
  if (endpoint.type === "unix") return new Socket({ onread });
  return connect({
    host: endpoint.host,
    port: endpoint.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(LEAST_ATTEMPT_MS, Math.min(ATTEMPT_MS, timeoutMs / 4)),
    lookup: allowedLookup(endpoint, allow, names),
    onread,
  });
}

/** Fulfils when the target may be relayed; on failure the socket is destroyed. */
async function establish(
  endpoint: Endpoint,
  { allow, timeoutMs }: DialOptions,
  socket: Socket,
  handshake: Handshake | undefined,
): Promise<void> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const onError = (error: Error): void => reject(describe(error, endpoint));
  const onClose = (): void => {
    const cause = formatEndpoint(endpoint);
    reject(new EndError("target_unreachable", "the console closed the connection during its handshake", { cause }));
  };
  // A target's end is learned from `close`; without a listener an error would be fatal. The other two listeners are
  // removed once the target is established, because they keep what only the attempt needs.
  socket.on("error", ignore).on("error", onError).on("close", onClose);
  const timer = new AnswerTimer(() => {
    const missing = socket.connecting ? "accept" : "complete its handshake";
    const cause = formatEndpoint(endpoint);
    reject(new EndError("target_timeout", `the console did not ${missing} within ${timeoutMs} ms`, { cause }));
  }, timeoutMs);
  const steps = async (): Promise<void> => {
    if (endpoint.type === "unix") await connectUnix(socket, endpoint, allow);
    if (socket.connecting) await new Promise<void>((resolve) => socket.once("connect", resolve));
    if (!hasDescriptorFor(socket, "target")) throw outOfResources();
    await handshake?.run();
  };
  try {
    await Promise.race([steps(), failed]);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    timer.cancel();
    socket.off("error", onError).off("close", onClose);
  }
}

async function connectUnix(socket: Socket, endpoint: Endpoint & { type: "unix" }, allow: AllowList): Promise<void> {
  const path = await allow.socketPath(endpoint.path).catch((error: Error) => {
    throw describe(error, endpoint);
  });
  if (path === undefined) throw outsideAllowList(endpoint);
  // Given up meanwhile.
  if (socket.destroyed) return;
  socket.connect({ path });
}
/** Resolves a name as usual and keeps the allowed addresses. */
function allowedLookup(
  endpoint: Endpoint & { port: number },
  allow: AllowList,
  names: NameLookups = systemNames,
): LookupFunction {
  return (hostname, options, callback) => {
    names.resolve(hostname, options, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(({ address }) => allow.allows(address, endpoint.port));
      if (allowed.length === 0) return callback(outsideAllowList(endpoint), []);
      if (options.all === true) return callback(null, allowed);
      return callback(null, allowed[0]?.address ?? "", allowed[0]?.family);
    });
  };
}

function outsideAllowList(endpoint: Endpoint): EndError {
  const cause = `${formatEndpoint(endpoint)} is not in targets.allow`;
  return new EndError("forbidden", "this gateway may not connect to the console", { cause });
}

function outOfResources(cause?: Error): EndError {
  return new EndError("server_busy", "the gateway has too many connections", { cause });
}

/** What a client is told does not name the target: that would show how the operator's network is built. The log does. */
function describe(error: NodeJS.ErrnoException, endpoint: Endpoint): EndError {
  if (error instanceof EndError) return error;
  // Of several addresses each has an error of its own.
  const errors: readonly Error[] = error instanceof AggregateError ? (error.errors as Error[]) : [error];
  const cause = `${formatEndpoint(endpoint)}: ${hidePath(endpoint, errors.map(({ message }) => message).join("; "))}`;
  switch (error.code ?? "") {
    // The gateway's own limits: files, memory, and local ports.
    case "EMFILE":
    case "ENFILE":
    case "ENOBUFS":
    case "ENOMEM":
    case "EADDRNOTAVAIL":
    case "EAGAIN":
      return outOfResources(error);
    case "ENOTFOUND":
      return new EndError("target_not_found", "the console's name does not resolve", { cause });
    case "ETIMEDOUT":
      return new EndError("target_timeout", "the console did not answer", { cause });
    default:
      return new EndError("target_unreachable", "the console cannot be reached", { cause });
  }
}

function ignore(): void {}

/** A path that contains a token is not logged. */
function hidePath(endpoint: Endpoint, text: string): string {
  if (endpoint.type !== "unix" || endpoint.displayPath === undefined) return text;
  return text.replaceAll(endpoint.path, endpoint.displayPath);
}
