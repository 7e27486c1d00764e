import { formatAddress } from "../config/address.ts";
import type { Session } from "../sessions/session.ts";
import type { TokenRecord } from "../tokens/source.ts";

/** A token as the operator's API shows it. Instants are ISO 8601 with milliseconds, in UTC. */
export interface TokenView {
  readonly id: string;
  readonly type: string;
  readonly target: string;
  readonly instance: string | null;
  readonly name: string | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly revoked_at: string | null;
}

/** A session as the operator's API shows it. */
export interface SessionView {
  readonly id: string;
  /** Null until the token was looked up. */
  readonly token_id: string | null;
  readonly type: string | null;
  readonly target: string | null;
  readonly instance: string | null;
  readonly name: string | null;
  readonly client: string;
  /** `resolving`, `dialling` or `relaying`. */
  readonly state: string;
  readonly started_at: string;
  /** When the gateway ends it; null when nothing will. */
  readonly expires_at: string | null;
  readonly bytes_to_client: number;
  readonly bytes_to_target: number;
}

export function tokenView(record: TokenRecord): TokenView {
  return {
    id: record.tokenId,
    type: record.type,
    target: formatAddress(record.target),
    instance: record.instance ?? null,
    name: record.name ?? null,
    created_at: iso(record.createdAt),
    expires_at: iso(record.expiresAt),
    revoked_at: record.revokedAt === undefined ? null : iso(record.revokedAt),
  };
}

export function sessionView(session: Session): SessionView {
  const { grant, bytes, expiresAt } = session;
  return {
    id: session.id,
    token_id: grant?.tokenId ?? null,
    type: grant?.type ?? null,
    target: grant === undefined ? null : formatAddress(grant.target),
    instance: grant?.instance ?? null,
    name: grant?.name ?? null,
    client: session.client.address,
    state: session.phase,
    started_at: iso(session.startedAt),
    expires_at: expiresAt === null ? null : iso(expiresAt),
    bytes_to_client: bytes.toClient,
    bytes_to_target: bytes.toTarget,
  };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
