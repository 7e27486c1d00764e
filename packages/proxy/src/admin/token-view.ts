import { formatEndpoint } from "../net/endpoint.ts";
import type { TokenRecord } from "../tokens/store.ts";

/** A token as the admin API shows it. Instants are ISO 8601 with milliseconds, in UTC. */
export interface TokenView {
  readonly id: string;
  readonly type: string;
  readonly target: string;
  readonly instance: string | null;
  readonly name: string | null;
  readonly user: string | null;
  /** `control` or `view`. */
  readonly access: string;
  readonly single_use: boolean;
  readonly max_sessions: number | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly revoked_at: string | null;
}

/** A token that was just issued. No later response contains `token` and `url`. */
export interface IssuedToken extends TokenView {
  readonly token: string;
  /** Opens the console in a browser. */
  readonly url: string;
  /** Where the SDK connects, with the token. */
  readonly ws_url: string;
}

export function tokenView(record: TokenRecord): TokenView {
  return {
    id: record.tokenId,
    type: record.type,
    target: formatEndpoint(record.endpoint),
    instance: record.instance ?? null,
    name: record.name ?? null,
    user: record.user ?? null,
    access: record.access,
    single_use: record.singleUse ?? false,
    max_sessions: record.maxSessions ?? null,
    created_at: iso(record.createdAt),
    expires_at: iso(record.expiresAt),
    revoked_at: record.revokedAt === undefined ? null : iso(record.revokedAt),
  };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
