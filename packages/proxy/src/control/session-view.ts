import { formatEndpoint } from "../net/endpoint.ts";
import type { Session } from "../sessions/session.ts";

/** A session as the admin API shows it. */
export interface SessionView {
  readonly id: string;
  /** Null until the token was looked up. */
  readonly token_id: string | null;
  readonly type: string | null;
  readonly target: string | null;
  readonly instance: string | null;
  readonly name: string | null;
  /** The user that the token was issued to, where its issuer says so. */
  readonly user: string | null;
  /** `control` or `view`; null until the token was looked up. */
  readonly access: string | null;
  /** The name of the gateway that runs it; null for a gateway that shares no store with others. */
  readonly gateway: string | null;
  readonly client: string;
  /** The subject of the client's certificate; null where it was not asked for one. */
  readonly certificate: string | null;
  /** `resolving`, `asking`, `dialing` or `relaying`. */
  readonly state: string;
  readonly started_at: string;
  /** When the gateway ends it; null when nothing will. */
  readonly expires_at: string | null;
  readonly bytes_to_client: number;
  readonly bytes_to_target: number;
}

/** What the admin API shows of a session. */
export function sessionView(session: Session): SessionView {
  const { grant, bytes, expiresAt } = session;
  return {
    id: session.id,
    token_id: grant?.tokenId ?? null,
    type: grant?.type ?? null,
    target: grant === undefined ? null : formatEndpoint(grant.endpoint),
    instance: grant?.instance ?? null,
    name: grant?.name ?? null,
    user: grant?.user ?? null,
    access: grant?.access ?? null,
    gateway: null,
    client: session.clientAddress,
    certificate: session.clientCertificate ?? null,
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
