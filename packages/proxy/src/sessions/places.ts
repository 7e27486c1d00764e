import type { Config } from "../config/config.ts";
import type { LimitName, Place } from "./limits.ts";

/** What the limits say to a session that wants a place. */
export interface Verdict {
  /** The limit that refuses it; undefined when it has its place now. */
  readonly refusedBy?: LimitName;
  /** The session that lost its place to it and has to end. */
  readonly replaces?: string;
}

/** The options of the limits. */
export type LimitOptions = Pick<
  Config["sessions"],
  "max" | "max_per_client" | "max_per_instance" | "on_limit_per_instance"
>;

/** The places of the sessions that run. Each question is answered at once, so that no two get the last place. */
export class Places {
  readonly #options: LimitOptions;
  /** By session, oldest first. */
  readonly #held = new Map<string, Place>();
  readonly #byClient = new Map<string, Set<string>>();
  readonly #byInstance = new Map<string, Set<string>>();

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  /** Sessions that hold a place. */
  get size(): number {
    return this.#held.size;
  }

  take(place: Place): Verdict {
    const { max, max_per_client, max_per_instance, on_limit_per_instance } = this.#options;
    const mine = place.instance === undefined ? undefined : this.#byInstance.get(place.instance);
    const full = max_per_instance !== null && (mine?.size ?? 0) >= max_per_instance;
    if (full && on_limit_per_instance === "refuse") return { refusedBy: "max_per_instance" };
    const [replaces] = full && mine !== undefined ? mine : [];
    const leaving = replaces === undefined ? undefined : this.#held.get(replaces);
    const fromClient = (this.#byClient.get(place.client)?.size ?? 0) - (leaving?.client === place.client ? 1 : 0);
    if (max !== null && this.#held.size - (leaving === undefined ? 0 : 1) >= max) return { refusedBy: "max" };
    if (max_per_client !== null && fromClient >= max_per_client) return { refusedBy: "max_per_client" };
    if (replaces !== undefined) this.giveBack(replaces);
    this.#held.set(place.session, place);
    add(this.#byClient, place.client, place.session);
    if (place.instance !== undefined) add(this.#byInstance, place.instance, place.session);
    return replaces === undefined ? {} : { replaces };
  }

  /** Does nothing for a session that holds no place. */
  giveBack(session: string): void {
    const place = this.#held.get(session);
    if (place === undefined) return;
    this.#held.delete(session);
    remove(this.#byClient, place.client, session);
    if (place.instance !== undefined) remove(this.#byInstance, place.instance, session);
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
