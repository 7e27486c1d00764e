/** The options under `sessions` that limit how many run at once. */
export const LIMIT_NAMES = ["max", "max_per_client", "max_per_instance"] as const;

/** One of {@link LIMIT_NAMES}. */
export type LimitName = (typeof LIMIT_NAMES)[number];

/** The limits, as configured under `sessions`; null for no such limit. */
export interface LimitOptions {
  /** How many sessions may run at once. */
  readonly max: number | null;
  /** How many of them may come from one IP address. */
  readonly max_per_client: number | null;
  /** How many of them may show one virtual machine. */
  readonly max_per_instance: number | null;
  /** Whether a session above `max_per_instance` is refused, or ends the machine's oldest one. */
  readonly on_limit_per_instance: "refuse" | "replace";
}

/** A session as the limits see it. */
export interface SlotRequest {
  readonly session: string;
  /** The client's IP address. */
  readonly client: string;
  /** The virtual machine; a session whose token names none counts only for the other limits. */
  readonly instance: string | undefined;
}

/** What the limits say to a session that wants a slot. */
export interface Verdict {
  /** The limit that refuses it; undefined when it has its slot now. */
  readonly refusedBy?: LimitName;
  /** The session that lost its slot to it and has to end. */
  readonly replaces?: string;
}

/** The places of the sessions that run. Each question is answered at once, so that no two get the last slot. */
export class Slots {
  readonly #options: LimitOptions;
  /** By session, oldest first. */
  readonly #held = new Map<string, SlotRequest>();
  readonly #byClient = new Map<string, Set<string>>();
  readonly #byInstance = new Map<string, Set<string>>();

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  /** Sessions that hold a slot. */
  get size(): number {
    return this.#held.size;
  }

  acquire(slot: SlotRequest): Verdict {
    const { max, max_per_client, max_per_instance, on_limit_per_instance } = this.#options;
    const mine = slot.instance === undefined ? undefined : this.#byInstance.get(slot.instance);
    const full = max_per_instance !== null && (mine?.size ?? 0) >= max_per_instance;
    if (full && on_limit_per_instance === "refuse") return { refusedBy: "max_per_instance" };
    const [replaces] = full && mine !== undefined ? mine : [];
    const leaving = replaces === undefined ? undefined : this.#held.get(replaces);
    const fromClient = (this.#byClient.get(slot.client)?.size ?? 0) - (leaving?.client === slot.client ? 1 : 0);
    if (max !== null && this.#held.size - (leaving === undefined ? 0 : 1) >= max) return { refusedBy: "max" };
    if (max_per_client !== null && fromClient >= max_per_client) return { refusedBy: "max_per_client" };
    if (replaces !== undefined) this.release(replaces);
    this.#held.set(slot.session, slot);
    add(this.#byClient, slot.client, slot.session);
    if (slot.instance !== undefined) add(this.#byInstance, slot.instance, slot.session);
    return replaces === undefined ? {} : { replaces };
  }

  /** Does nothing for a session that holds no slot. */
  release(session: string): void {
    const slot = this.#held.get(session);
    if (slot === undefined) return;
    this.#held.delete(session);
    remove(this.#byClient, slot.client, session);
    if (slot.instance !== undefined) remove(this.#byInstance, slot.instance, session);
  }
}

function add(index: Map<string, Set<string>>, key: string, session: string): void {
  const sessions = index.get(key);
  if (sessions === undefined) index.set(key, new Set([session]));
  else sessions.add(session);
}

function remove(index: Map<string, Set<string>>, key: string, session: string): void {
  const sessions = index.get(key);
  sessions?.delete(session);
  if (sessions?.size === 0) index.delete(key);
}
