import { CloseCode } from "@curfew/protocol";
import type { EventSink } from "../telemetry/events.ts";
import { inTime } from "../time/in-time.ts";
import type { Grant, GrantEnd, GrantRevalidation } from "../tokens/grant.ts";
import type { Session } from "./session.ts";

/** How long one check of all grants may take, in milliseconds. */
const CHECK_MS = 30_000;

/** What a {@link Revalidation} is made with. */
export interface RevalidationOptions {
  /** Milliseconds between two checks; 0 for none. */
  readonly intervalMs: number;
  readonly sessions: () => Iterable<Session>;
  /** Ends sessions for one reason. */
  readonly end: (sessions: ReadonlySet<Session>, end: GrantEnd) => void;
  readonly events: EventSink;
}

/** A session with the grant that is checked. */
interface Checked {
  readonly session: Session;
  readonly grant: Grant;
}

/**
 * Asks again, from time to time, whether the grants of running sessions hold, where their source can tell. One timer and
 * one question per database serve all sessions. Without an answer no session ends.
 */
export class Revalidation {
  readonly #options: RevalidationOptions;
  /** Those that did not answer last time, by name. */
  readonly #failing = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;

  constructor(options: RevalidationOptions) {
    this.#options = options;
  }

  /** Does nothing when it has started, or is off. */
  start(): void {
    const { intervalMs } = this.#options;
    if (intervalMs > 0) this.#timer ??= setInterval(() => void this.#checkAll(), intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #checkAll(): Promise<void> {
    // A database that is slow is not asked more often than it answers.
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      const groups = [...this.#groups()];
      await Promise.all(groups.map(async ([revalidation, checked]) => await this.#check(revalidation, checked)));
    } finally {
      this.#isChecking = false;
    }
  }

  #groups(): ReadonlyMap<GrantRevalidation, Checked[]> {
    const groups = new Map<GrantRevalidation, Checked[]>();
    for (const session of this.#options.sessions()) {
      const { grant } = session;
      if (grant?.revalidation === undefined) continue;
      const group = groups.get(grant.revalidation);
      if (group === undefined) groups.set(grant.revalidation, [{ session, grant }]);
      else group.push({ session, grant });
    }
    return groups;
  }

  async #check(revalidation: GrantRevalidation, checked: readonly Checked[]): Promise<void> {
    const { name } = revalidation;
    const { events, end: endSessions } = this.#options;
    const grants = checked.map(({ grant }) => grant);
    let ends: ReadonlyMap<GrantEnd, ReadonlySet<Session>>;
    try {
      ends = byEnd(checked, await inTime(async (signal) => await revalidation.check(grants, signal), CHECK_MS));
    } catch (error) {
      const isFirst = !this.#failing.has(name);
      this.#failing.add(name);
      return events.notify({ type: "revalidation_failed", name, error, isFirst });
    }
    if (this.#failing.delete(name)) events.notify({ type: "revalidation_restored", name });
    for (const [end, sessions] of ends) endSessions(sessions, end);
  }
}

/**
 * The sessions to end, by why. One that was renewed meanwhile has another grant, which is checked next time.
 *
 * @throws TypeError for what a source of an embedder's own may answer in a language without types.
 */
function byEnd(checked: readonly Checked[], ends: readonly (GrantEnd | undefined)[]): Map<GrantEnd, Set<Session>> {
  if (!Array.isArray(ends) || ends.length !== checked.length) {
    throw new TypeError(`expected a list of ${checked.length} answers, one for each grant`);
  }
  const groups = new Map<GrantEnd, Set<Session>>();
  for (const [index, { session, grant }] of checked.entries()) {
    const end = ends[index];
    if (end === undefined || session.grant !== grant) continue;
    if (!Object.hasOwn(CloseCode, end?.reason)) throw new TypeError("expected a close reason for a grant that ended");
    const group = groups.get(end);
    if (group === undefined) groups.set(end, new Set([session]));
    else group.add(session);
  }
  return groups;
}
