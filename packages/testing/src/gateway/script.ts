import { CloseCode, FALLBACK_SUBPROTOCOL, type ServerCloseReason, SUBPROTOCOL } from "@curfew/protocol";
import { hostAndPort, type Target } from "../net/address.ts";

/** What a fake gateway does with a connection of the page, as a plain value. Durations are in milliseconds. */
export interface GatewayScript {
  /**
   * The console behind the gateway: `host:port`, or a fake server. As with a real gateway, its end is `target_closed`,
   * and `target_unreachable` if nothing listens there. Without a target, `session.write` is the console's output.
   */
  readonly target?: Target;
  /** The session's name in `hello`. @defaultValue `fake-` and the number of the connection */
  readonly session?: string;
  /** The time left in `hello`; null is a session without an end. @defaultValue one hour */
  readonly expiresInMs?: number | null;
  /** Whether `hello` says that the session can be renewed. @defaultValue true */
  readonly renewable?: boolean;
  /** False sends no `hello`, like a gateway that hangs, until the test calls `session.hello()`. @defaultValue true */
  readonly hello?: boolean;
  /**
   * Ends the session when its time is over, by the machine's clock. Otherwise it ends when the test says so, whatever
   * the page's clock shows. @defaultValue false
   */
  readonly enforce?: boolean;
  /**
   * The answer to a renewal: the new time left, a reason to refuse it, or `"silence"`, for a test that sends its own
   * answer. @defaultValue `expiresInMs`
   */
  readonly renewal?: number | null | ServerCloseReason | "silence";
  /** False leaves pings unanswered, like a connection that is dead or slow. @defaultValue true */
  readonly pong?: boolean;
  /** Breaks the connection at the page's first message: the page sees 1006. @defaultValue false */
  readonly dropOnMessage?: boolean;
  /**
   * True ends sessions and refuses connections without a word: the page sees 1006, and 1000 `Target closed` for
   * `target_closed`. See {@link NOVA}. @defaultValue false
   */
  readonly silentEnds?: boolean;
  /** Refuses the connection: with `bye` and a close code, or so that the WebSocket never opens. */
  readonly refuse?: ServerCloseReason | "connect_failed" | undefined;
}

/** The script of every connection, or a function from a connection's number (0, 1, …) to its script. */
export type GatewayScripts = GatewayScript | ((connection: number) => GatewayScript);

/** Options of every fake gateway. Their script is that of every connection, unless `follow` changes it. */
export interface FakeGatewayOptions extends GatewayScript {
  /**
   * The best subprotocol that it supports. `"binary"` is a server without control messages, such as websockify.
   * @defaultValue `"curfew.v1"`
   */
  readonly subprotocol?: typeof SUBPROTOCOL | typeof FALLBACK_SUBPROTOCOL;
}

/**
 * The options of a fake gateway that behaves as the console proxies of OpenStack Nova: no control messages, and it opens
 * the WebSocket before it looks at the token. For `startFakeGateway({ ...NOVA, refuse: "token_expired" })`.
 */
export const NOVA: { readonly subprotocol: typeof FALLBACK_SUBPROTOCOL; readonly silentEnds: true } = {
  subprotocol: FALLBACK_SUBPROTOCOL,
  silentEnds: true,
};

/** The time left in `hello` by default. */
export const DEFAULT_EXPIRY_MS = 3_600_000;

/** @throws RangeError naming the value and what was expected. */
export function checkScript({ target, expiresInMs, renewal, refuse, enforce }: GatewayScript): void {
  if (target !== undefined) hostAndPort(target);
  if (expiresInMs !== undefined) expectTimeLeft("expiresInMs", expiresInMs);
  if (typeof renewal === "number") expectTimeLeft("renewal", renewal);
  if (typeof renewal === "string" && renewal !== "silence") expectReason("renewal", renewal);
  if (refuse !== undefined && refuse !== "connect_failed") expectReason("refuse", refuse);
  if (enforce === true && expiresInMs === null) {
    throw new RangeError("enforce is true and expiresInMs null; expected a time after which to end");
  }
}

/** @throws RangeError for a subprotocol that no gateway speaks. */
export function checkSubprotocol(subprotocol: string): void {
  if (subprotocol === SUBPROTOCOL || subprotocol === FALLBACK_SUBPROTOCOL) return;
  throw new RangeError(
    `subprotocol is ${JSON.stringify(subprotocol)}; expected ${SUBPROTOCOL} or ${FALLBACK_SUBPROTOCOL}`,
  );
}

/** @throws RangeError unless `value` is null or a number from 0. */
export function expectTimeLeft(name: string, value: number | null): void {
  if (value === null || value >= 0) return;
  throw new RangeError(`${name} is ${value}; expected milliseconds from 0, or null`);
}

/** @throws RangeError for a code that no close frame can have (RFC 6455, section 7.4). */
export function expectCloseCode(code: number): void {
  const registered = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  if (Number.isInteger(code) && (registered || (code >= 3000 && code <= 4999))) return;
  throw new RangeError(`code is ${code}; expected one that a close frame can have: 1000 to 1014, or 3000 to 4999`);
}

/** @throws RangeError unless `reason` is one of the protocol's. */
export function expectReason(name: string, reason: string): void {
  if (Object.hasOwn(CloseCode, reason)) return;
  throw new RangeError(`${name} is ${JSON.stringify(reason)}; expected one of ${Object.keys(CloseCode).join(", ")}`);
}
