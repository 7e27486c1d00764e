import * as v from "valibot";
import { StoreFull, type StoredLock, type StoreSession } from "../../cluster-store/session.ts";
import { logError, type Logger } from "../../telemetry/log.ts";
import { parseJson } from "../connect-info.ts";
import { type Lock, LOCK_SUBJECTS, parseNetwork } from "../lock.ts";

/** How many locks, with those that were lifted lately, the store may have. */
const MAX_LOCKS = 10_000;

/** How many are read: what others lost is written again without asking how many there are. */
const MAX_READ = 2 * MAX_LOCKS;

/** The longest lock, in bytes: more than the API can make. */
const MAX_LOCK_BYTES = 4096;

/** How long a lifted lock is remembered, so that a gateway which was away does not write it again, in milliseconds. */
const KEEP_LIFTED_MS = 24 * 60 * 60 * 1000;

/** How many locks one command writes. */
const BATCH = 100;

const stored = v.object({
  subject: v.picklist(LOCK_SUBJECTS),
  value: v.string(),
  message: v.nullable(v.string()),
  created_at: v.number(),
  expires_at: v.nullable(v.number()),
});

/** A lock, or that it was lifted. The later version counts, and of equal ones that of the store. */
export interface StoredVersion {
  readonly version: number;
  /** Undefined for one that was lifted. */
  readonly lock: Lock | undefined;
}

/**
 * The locks of a cluster. Each gateway has all of them, and writes those again that a failover of the store has lost; what
 * was lifted is kept for a day, so that it is known from what was lost.
 */
export class StoredLocks {
  readonly #log: Logger;
  readonly #versions = new Map<string, StoredVersion>();
  readonly #max: number;
  /** Locks that were asked for here, and are not written yet. */
  readonly #unwritten = new Set<string>();

  /** @param max - test seam. */
  constructor(log: Logger, max: number = MAX_LOCKS) {
    this.#log = log;
    this.#max = max;
  }

  /** Those that are in force, the oldest first. */
  get all(): readonly Lock[] {
    return [...this.#versions.values()]
      .flatMap(({ lock }) => lock ?? [])
      .toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  /** What is known of a lock. */
  find(id: string): StoredVersion | undefined {
    return this.#versions.get(id);
  }

  /** Whether a lock could not be written when it was asked for. */
  get hasUnwritten(): boolean {
    return this.#unwritten.size > 0;
  }

  /** Remembers a lock before it is written: when that fails, {@link reconcile} writes it. */
  expect(lock: Lock): void {
    const version = Math.max(Date.now(), (this.#versions.get(lock.id)?.version ?? 0) + 1);
    this.#versions.set(lock.id, { version, lock });
    this.#unwritten.add(lock.id);
  }

  /** Writes a lock, or that it was lifted. */
  async write(store: StoreSession, id: string, lock: Lock | undefined): Promise<void> {
    const version = await store.locks.write(id, encode(lock), Date.now(), this.#max).catch((error: unknown) => {
      // It is not in force then, neither here nor later.
      if (error instanceof StoreFull) for (const known of [this.#versions, this.#unwritten]) known.delete(id);
      throw error;
    });
    this.#unwritten.delete(id);
    this.#learn(id, { version, lock });
  }

  /** Reads some of them, of which others have told. */
  async read(store: StoreSession, ids: readonly string[]): Promise<void> {
    const found = await store.locks.read(ids);
    ids.forEach((id, index) => {
      const stored = found[index];
      if (stored !== undefined) this.#take(id, stored);
      else if (!this.#unwritten.has(id)) this.#versions.delete(id);
    });
  }

  /** Reads all of them, writes those that the store has lost, and forgets what was lifted long ago. */
  async reconcile(store: StoreSession): Promise<void> {
    const unwritten = [...this.#unwritten];
    const found = await store.locks.readAll(MAX_READ);
    const forgotten = this.#forget(found);
    const later = [...this.#versions].filter(([id, { version }]) => version > (found.get(id)?.version ?? 0));
    for (const [id, stored] of found) if (!forgotten.includes(id)) this.#take(id, stored);
    const merging: Promise<void>[] = [];
    for (let start = 0; start < later.length; start += BATCH) {
      const part = later.slice(start, start + BATCH);
      merging.push(store.locks.merge(part.map(([id, { version, lock }]) => [id, { version, json: encode(lock) }])));
    }
    await Promise.all(merging);
    for (const id of unwritten) this.#unwritten.delete(id);
    if (forgotten.length > 0) await store.locks.remove(forgotten);
  }

  #forget(found: ReadonlyMap<string, StoredLock>): string[] {
    const before = Date.now() - KEEP_LIFTED_MS;
    for (const [id, { version, lock }] of this.#versions) {
      if (lock === undefined && version < before) this.#versions.delete(id);
    }
    return [...found].flatMap(([id, { version, json }]) => (json === "" && version < before ? id : []));
  }

  #take(id: string, { version, json }: StoredLock): void {
    try {
      this.#learn(id, { version, lock: json === "" ? undefined : decode(id, json) });
    } catch (error) {
      // What was known of it goes on to hold.
      logError(this.#log, { level: "error", error, lock: id }, "a lock in the cluster's store cannot be read");
    }
  }

  #learn(id: string, learned: StoredVersion): void {
    // Of two that two gateways wrote in the same millisecond, the store has one.
    if (learned.version >= (this.#versions.get(id)?.version ?? 0)) this.#versions.set(id, learned);
  }
}

function encode(lock: Lock | undefined): string {
  if (lock === undefined) return "";
  const { subject, value, message = null, createdAt, expiresAt = null } = lock;
  const json: v.InferOutput<typeof stored> = { subject, value, message, created_at: createdAt, expires_at: expiresAt };
  return JSON.stringify(json);
}

/** @throws Error saying what is wrong. */
function decode(id: string, json: string): Lock {
  if (json.length > MAX_LOCK_BYTES) throw new Error(`it has more than ${MAX_LOCK_BYTES} bytes`);
  const {
    subject,
    value,
    message,
    created_at: createdAt,
    expires_at: expiresAt,
  } = v.parse(stored, parseJson(json, "the cluster's store"));
  if (subject === "address") parseNetwork(value);
  return { id, subject, value, message: message ?? undefined, createdAt, expiresAt: expiresAt ?? undefined };
}
