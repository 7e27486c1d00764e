import type { Socket } from "node:net";
import type { Locker } from "../control/locker.ts";
import type { SessionControl } from "../control/session-control.ts";
import type { GatewayStatus } from "../control/status.ts";
import type { TokenRevoker } from "../control/token-revoker.ts";
import type { AllowList } from "../net/allow-list.ts";
import type { TrustedProxies } from "../net/trusted-proxies.ts";
import type { OwnListeners } from "../net/own-listeners.ts";
import type { AdminFailures } from "../telemetry/admin-failures.ts";
import type { AuthenticationFailures } from "../telemetry/authentication-failures.ts";
import type { EventStream } from "../telemetry/event-stream.ts";
import type { EventSink } from "../telemetry/events.ts";
import type { Logger } from "../telemetry/log.ts";
import type { TokenRecord, TokenStore } from "../tokens/store.ts";
import type { AdminKeys } from "./keys.ts";

/** What the admin API is made with. */
export interface AdminOptions {
  readonly keys: AdminKeys;
  /** Whether a connection came through the Unix socket, whose permissions admit it. */
  readonly isLocal: (socket: Socket) => boolean;
  /** Whether the address where the admin API listens can be reached from this machine only. */
  readonly isAtLoopback: () => boolean;
  /** Undefined where tokens are only looked up. */
  readonly store: TokenStore | undefined;
  /** Lifetime in seconds of a token whose request names none. */
  readonly tokenTtl: () => number;
  /** What tokens may be issued for. */
  readonly allow: AllowList;
  /** Gets to know where the admin API listens. */
  readonly own: OwnListeners;
  /** Whose word about their clients counts. */
  readonly trusted: TrustedProxies;
  /** Where a reverse proxy may offer the admin API, besides the root; as from `basePathOf`. */
  readonly basePath: string;
  readonly control: SessionControl;
  readonly revoker: TokenRevoker;
  readonly locker: Locker;
  readonly status: GatewayStatus;
  /** What `/readyz` answers: `ready`, or what is not. */
  readonly readiness: () => Promise<string>;
  /** Answers a message of another gateway that this one works with. @throws TypeError for a malformed one. */
  readonly answerPeer?: ((message: unknown) => Promise<unknown>) | undefined;
  readonly events: EventSink;
  /** What clients follow. */
  readonly stream: EventStream;
  readonly authenticationFailures: AuthenticationFailures;
  readonly failures: AdminFailures;
  readonly log: Logger;
  readonly consoleUrl: (token: string, record: TokenRecord) => string;
  /** Where WebSockets of consoles connect. */
  readonly socketUrl: () => string;
}
