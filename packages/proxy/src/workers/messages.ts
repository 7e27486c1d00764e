import type { ControlAnswers, ControlRequest } from "../control/control-request.ts";
import type { SlotRefusal } from "../limits/slot-refusal.ts";
import type { LimitName, SlotLease } from "../limits/slots.ts";
import type { TakeoverAnswer, TakeoverBy } from "../limits/takeover.ts";
import type { MetricsSnapshot } from "../telemetry/exposition.ts";
import type { ForeignToken, Grant } from "../tokens/grant.ts";
import type { Lock } from "../tokens/lock.ts";
import type { EventBatch } from "./event-forwarder.ts";
import type { IpcChannel } from "./ipc-channel.ts";

/** What the primary asks of a worker. */
export type WorkerRequest =
  | ControlRequest
  /** Asks a session's user whether another session may take over. */
  | { readonly type: "ask_takeover"; readonly session: string; readonly by: TakeoverBy }
  /** The other session, with the id `by`, has left. */
  | { readonly type: "withdraw_takeover"; readonly session: string; readonly by: string }
  /** The ids of the tokens of its sessions. */
  | { readonly type: "token_ids" }
  /** The tokens of other gateways that its sessions have. */
  | { readonly type: "foreign_tokens" }
  | { readonly type: "metrics" }
  /** Files that were moved are opened again. */
  | { readonly type: "reopen" }
  /** A changed configuration takes effect. */
  | { readonly type: "reload"; readonly config: unknown }
  /** Whether it sends what happens. */
  | { readonly type: "follow"; readonly isActive: boolean }
  /** Whether it responds, and accepts connections. */
  | { readonly type: "ping" }
  /** Not answered: a worker that has drained exits. */
  | { readonly type: "drain"; readonly timeoutMs: number };

/** What a worker answers. */
export interface WorkerAnswers extends ControlAnswers {
  readonly ask_takeover: TakeoverAnswer;
  readonly withdraw_takeover: null;
  readonly token_ids: readonly string[];
  readonly foreign_tokens: readonly ForeignToken[];
  readonly metrics: MetricsSnapshot;
  readonly reopen: null;
  readonly reload: null;
  readonly follow: null;
  /** Why it should get no connections; null when it should. */
  readonly ping: string | null;
  readonly drain: null;
}

/** What a worker asks of the primary. */
export type PrimaryRequest =
  | { readonly type: "settings" }
  /** The ids of the tokens that were revoked and that the store does not know to be revoked. */
  | { readonly type: "unwritten_revocations" }
  /** The locks that are in force. */
  | { readonly type: "locks" }
  | { readonly type: "listening"; readonly url: string }
  /** The worker cannot listen or open the token store, and exits. */
  | { readonly type: "failed"; readonly message: string }
  /** For a token store in the primary's memory. */
  | {
      readonly type: "resolve";
      readonly token: string;
      readonly clientAddress: string;
      readonly origin: string | undefined;
    }
  /** The same; `digest` is the token's SHA-256 in base64url, `now` in milliseconds since the epoch. */
  | { readonly type: "first_use"; readonly digest: string; readonly now: number }
  /** Marks a single-use token as used, in the primary's store. */
  | {
      readonly type: "use_once";
      readonly tokenId: string;
      readonly expiresAt: number;
      readonly issuer: string | undefined;
    }
  /** Rejects while the primary's store cannot be asked. */
  | { readonly type: "store_health" }
  /** Whether a token was used. */
  | { readonly type: "was_used"; readonly tokenId: string; readonly issuer: string | undefined }
  /** What has happened, while it is followed. */
  | ({ readonly type: "events" } & EventBatch)
  /** Whether it responds. */
  | { readonly type: "ping" }
  | { readonly type: "acquire"; readonly lease: SlotLease }
  /** The same, after users were asked; takes as long as they do. */
  | { readonly type: "acquire_by_asking"; readonly lease: SlotLease }
  /** The slots of sessions that run already. */
  | { readonly type: "announce"; readonly leases: readonly SlotLease[] }
  | { readonly type: "release"; readonly leaseId: string };

/** What the primary answers. */
export interface PrimaryAnswers<Settings = unknown> {
  /** The configuration of the gateway, and the secrets that all workers share. */
  readonly settings: Settings;
  readonly unwritten_revocations: readonly string[];
  readonly locks: readonly Lock[];
  readonly listening: null;
  readonly failed: null;
  readonly resolve: Grant | null;
  /** Milliseconds since the epoch. */
  readonly first_use: number;
  /** Whether it was the first use. */
  readonly use_once: boolean;
  readonly was_used: boolean;
  readonly store_health: null;
  readonly events: null;
  /** What `/readyz` says besides, if anything. */
  readonly ping: string | null;
  /** The limit that refuses the session; null when it has its slot, `ask` when users have to be asked first. */
  readonly acquire: LimitName | "ask" | null;
  readonly acquire_by_asking: SlotRefusal | null;
  readonly announce: null;
  readonly release: null;
}

/** In a worker: the connection to the primary. */
export type PrimaryChannel<Settings = unknown> = IpcChannel<
  PrimaryRequest,
  PrimaryAnswers<Settings>,
  WorkerRequest,
  WorkerAnswers
>;
