/**
 * What a cluster's store does, whichever it is. Each call is atomic, so that nothing that another gateway does comes
 * between its steps. A call that rejects may have been carried out all the same.
 */
export interface StoreSession {
  readonly tokens: TokenTable;
  readonly uses: UseTable;
  readonly locks: LockTable;
  readonly log: ChangeLog;
  readonly members: MemberTable;
  readonly leases: LeaseTable;
  readonly messages: MessageTable;
  /** What is wrong with the store although it answers, as far as its user may ask. */
  findProblems(): Promise<readonly StoreProblem[]>;
}

/** What is wrong with a store that answers. */
export interface StoreProblem {
  /** For people. */
  readonly sentence: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A token that is issued. Instants are in milliseconds since the epoch. */
export interface StoredToken {
  readonly tokenId: string;
  /** Begins as a record of a token that was not revoked. */
  readonly record: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** When the store forgets it. */
  readonly keptUntil: number;
}

/** A place in the list of tokens. */
export type ListedToken = Pick<StoredToken, "tokenId" | "createdAt">;

/** The tokens of the cluster. */
export interface TokenTable {
  /** @throws Error when the store would forget it at once. */
  issue(token: StoredToken): Promise<void>;
  /** A record; empty where there is none. It may be malformed. */
  read(tokenId: string): Promise<string>;
  /** Some of those that are neither revoked nor expired, the last first, behind a place in the list. */
  list(behind: ListedToken | undefined, count: number): Promise<readonly ListedToken[]>;
  /**
   * Revokes tokens, and tells the other gateways in the log.
   *
   * @returns their records in the same order, `null` where there is none, and an empty text for one that is malformed.
   */
  revoke(tokenIds: readonly string[]): Promise<readonly (string | null)[]>;
  /** Whether tokens are there and not revoked, in the same order. */
  areValid(tokenIds: readonly string[]): Promise<readonly boolean[]>;
}

/** The uses of tokens, by digests of them. Instants are in milliseconds since the epoch. */
export interface UseTable {
  /**
   * The first use of a token that is used now.
   *
   * @param most - how many are kept; those that were not used for the longest time are forgotten first.
   */
  firstUse(id: string, now: number, most: number): Promise<number>;
  /** Writes those of first uses that are earlier than what is there. */
  mergeFirstUses(uses: readonly (readonly [id: string, first: number])[]): Promise<void>;
  /**
   * Uses a token that can be used once.
   *
   * @param most - how many are kept.
   * @returns whether it is the first use.
   * @throws StoreFull with so many that were used and are kept.
   */
  useOnce(id: string, keptUntil: number, most: number): Promise<boolean>;
  wasUsed(id: string): Promise<boolean>;
  /** Writes those of single-use tokens that are not there. */
  mergeUsed(uses: readonly (readonly [id: string, keptUntil: number])[]): Promise<void>;
}

/** A lock, or that it was lifted. */
export interface StoredLock {
  /** The later one counts. */
  readonly version: number;
  /** Empty for one that was lifted. */
  readonly json: string;
}

/** The locks. Each write is told to the other gateways in the log. */
export interface LockTable {
  /**
   * Writes a lock with a version of at least `now`, which is later than that of what is there. With `most` locks, one that
   * was lifted is not remembered.
   *
   * @returns the version.
   * @throws StoreFull for one more than `most`.
   */
  write(id: string, json: string, now: number, most: number): Promise<number>;
  /** Writes those that are later than what is there. */
  merge(locks: readonly (readonly [id: string, lock: StoredLock])[]): Promise<void>;
  /** Some of them, in the same order. */
  read(ids: readonly string[]): Promise<readonly (StoredLock | undefined)[]>;
  /** @throws Error with more than `most` of them. */
  readAll(most: number): Promise<ReadonlyMap<string, StoredLock>>;
  remove(ids: readonly string[]): Promise<void>;
}

/** An entry of the log. */
export interface LogEntry {
  /** `revoked` or `lock`; a later version may know more. */
  readonly kind: string;
  /** Of the token, or of the lock. */
  readonly id: string;
  /** Each is greater by one than that of the entry before. */
  readonly number: number;
  /** Where to read on. */
  readonly position: string;
}

/** What the gateways tell each other. It is a hint: the records count. */
export interface ChangeLog {
  /** The entry that was written last, or what comes before the first one. */
  last(): Promise<Pick<LogEntry, "number" | "position">>;
  /**
   * The next entries behind a position, in order.
   *
   * @param waitMs - how long the first of them is waited for, in milliseconds.
   */
  read(position: string, waitMs: number): Promise<readonly LogEntry[]>;
}

/** A gateway that enters the cluster or goes on in it. */
export interface MemberBeat {
  readonly id: string;
  /** What each write of this gateway has to know. */
  readonly fence: string;
  /** What others see of it. */
  readonly view: string;
  /** How long after this it counts as gone, in milliseconds. */
  readonly leaseMs: number;
  /** How long replaced sessions may take to leave, in milliseconds. */
  readonly leavingMs: number;
  /** Whether it enters: else it has to be there. */
  readonly enters: boolean;
}

/** What a gateway learns with a beat. */
export interface ClusterState {
  /** The store's clock, in milliseconds since the epoch. */
  readonly now: number;
  /** Whether there is something to reap. */
  readonly isDue: boolean;
  /** Of each gateway whose lease has not ended. */
  readonly views: readonly unknown[];
}

/** A gateway whose leases were freed, as far as one call does. */
export interface ReapedGateway {
  readonly view: unknown;
  /** Whether it has no more leases, and is forgotten. */
  readonly isLast: boolean;
}

/** The gateways of the cluster. */
export interface MemberTable {
  /** @throws GatewayFenced for one that is not entered with this fence. */
  beat(beat: MemberBeat): Promise<ClusterState>;
  /**
   * Frees leases of a gateway whose own lease has ended; counts those again that were to leave and of which it is not known
   * in time whether they have.
   *
   * @param gateway - one that leaves now. @defaultValue any
   * @returns undefined where there is no such gateway.
   */
  reap(limits: ReapLimits, gateway?: string): Promise<ReapedGateway | undefined>;
}

/** How much one call reaps. */
export interface ReapLimits {
  readonly most: number;
  /** As in {@link MemberBeat}. */
  readonly leavingMs: number;
}

/** What is known of a lease in the store. */
export interface KnownLease {
  readonly session: string;
  readonly client: string;
  /** What limits per client count together. */
  readonly group: string;
  readonly token: string;
  readonly instance: string | undefined;
  readonly user: string | undefined;
}

/** A lease of the gateway that asks. */
export interface LeaseEntry {
  readonly id: string;
  readonly known: KnownLease;
}

/** A lease of any gateway, as `gateway/id`. */
export interface NamedLease {
  readonly name: string;
  readonly known: KnownLease;
}

/** The gateway that asks, with the fence of its connection. */
export type LeaseHolder = Pick<MemberBeat, "id" | "fence">;

/** One of the limits. */
export type SlotLimit = "max" | "max_per_client" | "max_per_token" | "max_per_instance" | "max_per_user";

/** How a slot is given. */
export interface SlotRules {
  /** How many there may be; Infinity for no such limit. */
  readonly most: Readonly<Record<SlotLimit, number>>;
  /** Whether a session runs already, for which only the limit of its token counts. */
  readonly isRenewal: boolean;
  readonly onLimit: "refuse" | "replace" | "ask";
  /** The names of the leases whose users agreed to be replaced. @defaultValue none was asked yet */
  readonly agreed: readonly string[] | undefined;
}

/** What was decided. */
export type SlotDecision =
  | { readonly kind: "refused"; readonly limit: SlotLimit }
  | { readonly kind: "ask"; readonly limit: SlotLimit; readonly of: readonly NamedLease[] }
  | {
      readonly kind: "granted";
      /** Those that have lost their slots to it, and are leaving. */
      readonly replaces: readonly NamedLease[];
      /** Others of its machine or its user that are leaving. */
      readonly leaving: readonly NamedLease[];
    };

/** Some of the leases of a gateway. */
export interface LeasePage {
  readonly ids: readonly string[];
  /** Where the next page begins; undefined when this is the last one. */
  readonly next: string | undefined;
}

/** The leases of the sessions of all gateways. */
export interface LeaseTable {
  /** Decides as the slots of one gateway do. @throws GatewayFenced */
  acquire(holder: LeaseHolder, lease: LeaseEntry, rules: SlotRules): Promise<SlotDecision>;
  /** Counts leases, even above a limit. @throws GatewayFenced */
  announce(holder: LeaseHolder, leases: readonly LeaseEntry[]): Promise<void>;
  /** @param names - of any gateways; those that are not there are passed over. */
  release(names: readonly string[]): Promise<void>;
  /** Counts leases again that are leaving. @param names - as of {@link release}. */
  restore(names: readonly string[]): Promise<void>;
  /** Some of the leases of a gateway. @param from - where the page before says; empty for the first. */
  page(gateway: string, from: string): Promise<LeasePage>;
}

/** Messages between gateways. They may be lost, late or doubled. */
export interface MessageTable {
  /** @returns whether the other gateway is there to receive it. */
  send(gateway: string, message: string): Promise<boolean>;
  /** Receives what is sent to a gateway from now on, for as long as the session is open. */
  receive(gateway: string, listener: (message: string) => void): Promise<void>;
}

/** The store keeps as many as it may. */
export class StoreFull extends Error {
  override readonly name = "StoreFull";
}

/** What a gateway asks that was reaped, or has another fence by now. */
export class GatewayFenced extends Error {
  override readonly name = "GatewayFenced";

  constructor() {
    super("this gateway was away for longer than its lease lasts, or the store has lost its data");
  }
}
