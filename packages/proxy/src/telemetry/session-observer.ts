import type { EndError, EndReason } from "../end-reason.ts";
import type { Endpoint } from "../net/endpoint.ts";

/** Console bytes that have passed, by direction. */
export interface RelayedBytes {
  readonly toClient: number;
  readonly toTarget: number;
}

/** What observers may read of a session. Nothing in it reveals the token. */
export interface SessionInfo {
  readonly id: string;
  /** The client's IP address. */
  readonly clientAddress: string;
  /** What the current token entitles to; undefined until it was looked up. */
  readonly grant: GrantInfo | undefined;
  readonly bytes: RelayedBytes;
  /** When the session ends, in milliseconds since the epoch; null when nothing will end it. */
  readonly expiresAt: number | null;
  /** Milliseconds since the client connected. */
  readonly ageMs: number;
}

/** What observers may read of a grant. */
export interface GrantInfo {
  readonly tokenId: string;
  readonly type: string;
  readonly endpoint: Endpoint;
  readonly instance: string | undefined;
  /** The user that the token was issued to. */
  readonly user: string | undefined;
  readonly access: string;
}

/** How a session ended. */
export interface SessionEnd {
  readonly reason: EndReason;
  readonly detail?: string | undefined;
  /** What failed in the gateway or behind it; for the log alone. */
  readonly cause?: unknown;
  /** How late a deadline was kept, in milliseconds. */
  readonly lateMs?: number;
}

/** Is told what happens to each session. */
export interface SessionObserver {
  /** The target has accepted; `handshakeMs` since the client connected. */
  opened(session: SessionInfo, handshakeMs: number): void;
  renewed(session: SessionInfo): void;
  /** A renewal was refused; the old deadline stands. */
  renewalRefused(session: SessionInfo, error: EndError): void;
  /** Nothing passes any more. */
  ended(session: SessionInfo, end: SessionEnd): void;
}
