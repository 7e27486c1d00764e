import type { EndReason } from "../end-reason.ts";
import type { Endpoint } from "../net/endpoint.ts";

/** Console bytes that have passed, by direction. */
export interface RelayedBytes {
  readonly toClient: number;
  readonly toTarget: number;
}

/** What observers can read of a session. Nothing in it reveals the token. */
export interface SessionInfo {
  readonly id: string;
  /** The client's IP address. */
  readonly clientAddress: string;
  /** The subject of the client's TLS certificate, where `client_ca` requires one. */
  readonly clientCertificate?: string | undefined;
  /** What the current token entitles to; undefined until it has been looked up. */
  readonly grant: GrantInfo | undefined;
  readonly bytes: RelayedBytes;
  /** When the session ends, in milliseconds since the epoch; null when nothing will end it. */
  readonly expiresAt: number | null;
  /** Milliseconds since the client connected. */
  readonly ageMs: number;
}

/** What observers can read of a grant. */
export interface GrantInfo {
  readonly tokenId: string;
  readonly type: string;
  readonly endpoint: Endpoint;
  readonly instance: string | undefined;
  /** The user that the token was issued to. */
  readonly user: string | undefined;
  readonly access: string;
  /** When access ends, in milliseconds since the epoch; undefined where the source has no expiry. */
  readonly expiresAt: number | undefined;
}

/** How a session ended. */
export interface SessionEnd {
  readonly reason: EndReason;
  readonly detail?: string | undefined;
  /** What failed in the gateway or behind it. For the log only. */
  readonly cause?: unknown;
  /** How long after the deadline the session ended, in milliseconds. */
  readonly lateMs?: number;
}
