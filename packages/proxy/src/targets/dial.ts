import { lookup as dnsLookup } from "node:dns";
import { connect, isIP, type LookupFunction, type OnReadOpts, type Socket } from "node:net";
import { type Address, formatAddress } from "../net/address.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { EndError } from "../end-reason.ts";
import type { AllowList } from "../net/allow-list.ts";

export interface DialOptions {
  readonly allow: AllowList;
  /** Milliseconds that the target has to accept the connection. */
  readonly timeoutMs: number;
}

/** A connection under way. */
export interface DialAttempt {
  /**
   * The socket, already there before it is connected: what is written to it is sent as soon as the
   * target accepts, and destroying it ends the attempt.
   */
  readonly socket: Socket;
  /** Fulfils when the target has accepted; rejects with a {@link EndError}. Never left pending. */
  readonly connected: Promise<void>;
}

/**
 * Starts to connect to a target. Each address that its name resolves to is held against the allow-list, and
 * only an allowed one is dialled, so that a name cannot change its meaning in between.
 *
 * @param onread - how the socket is read; it emits no `data`.
 * @throws EndError `forbidden` at once when the target is an address outside the allow-list.
 */
export function dial(endpoint: Endpoint, { allow, timeoutMs }: DialOptions, onread: OnReadOpts): DialAttempt {
  if (endpoint.type !== "tcp") throw new EndError("internal_error", "only TCP endpoints can be dialed");
  const target = endpoint;
  if (isIP(target.host) !== 0 && !allow.allows(target.host, target.port)) {
    throw outsideAllowList(target);
  }
  const socket = connect({
    host: target.host,
    port: target.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    lookup: allowedLookup(target, allow),
    onread,
  });
  // Whoever uses the socket learns of its end from `close`; without a listener an error would be fatal.
  socket.on("error", () => {});
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    fail(new EndError("target_timeout", `${formatAddress(target)} did not accept within ${timeoutMs} ms`));
    socket.destroy();
  }, timeoutMs);
  const settle = (): void => {
    clearTimeout(timer);
    socket.off("connect", succeed).off("error", fail).off("close", closed);
  };
  const succeed = (): void => {
    settle();
    resolve();
  };
  const fail = (error: Error): void => {
    settle();
    reject(error instanceof EndError ? error : describe(error, target));
  };
  const closed = (): void => fail(new EndError("target_unreachable", "the connection was given up"));
  socket.on("connect", succeed).on("error", fail).on("close", closed);
  return { socket, connected: promise };
}

/** Resolves a name as usual and keeps the allowed addresses. */
function allowedLookup(target: Address, allow: AllowList): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(({ address }) => allow.allows(address, target.port));
      if (allowed.length === 0) return callback(outsideAllowList(target), []);
      if (options.all === true) return callback(null, allowed);
      return callback(null, allowed[0]?.address ?? "", allowed[0]?.family);
    });
  };
}

function outsideAllowList(target: Address): EndError {
  return new EndError("forbidden", `${formatAddress(target)} is not in targets.allow`);
}

function describe(error: NodeJS.ErrnoException, target: Address): EndError {
  const where = formatAddress(target);
  switch (error.code ?? "") {
    case "ENOTFOUND":
      return new EndError("target_not_found", `the name ${target.host} does not resolve`, { cause: error });
    case "ETIMEDOUT":
      return new EndError("target_timeout", `${where} did not answer`, { cause: error });
    default:
      return new EndError("target_unreachable", `${where} cannot be reached: ${error.code ?? error.message}`, {
        cause: error,
      });
  }
}
