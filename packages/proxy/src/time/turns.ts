import { callSafely } from "./call-safely.ts";

/** How long sessions may work between two visits of the event loop to its timers and sockets, in milliseconds. */
const TURN_MS = 1;

/** The least that is worth a turn, in milliseconds. */
const LEAST_MS = 0.1;

/** Up to how much above {@link LITTLE} a session counts as one with a few keys, or with a burst, in milliseconds. */
const KEYS_MS = 0.1;
const BURST_MS = 0.5;

/** The part of the event loop's time that a session may use for long and still counts as one that uses little. */
const LITTLE = 0.01;

/** The part above which a session floods. */
const FLOOD = 0.1;

/** The most that is remembered of a session's use, in milliseconds: after 5 s of quiet it counts as new. */
const MOST_MS = 50;

/** How much a session has used: the place of its queue. */
export const Use = { keys: 0, burst: 1, much: 2 } as const;
export type Use = (typeof Use)[keyof typeof Use];

/** What one direction of a session has used of the event loop lately: two leaky buckets. */
export class RecentUse {
  /** Milliseconds above {@link LITTLE}, and above {@link FLOOD}. */
  #aboveLittle = 0;
  #aboveFlood = 0;
  #at = 0;

  add(ms: number, now: number): void {
    this.#aboveLittle = Math.min(MOST_MS, left(this.#aboveLittle, LITTLE, now - this.#at) + ms);
    this.#aboveFlood = Math.min(MOST_MS, left(this.#aboveFlood, FLOOD, now - this.#at) + ms);
    this.#at = now;
  }

  /** The clock is only asked in case of doubt. */
  get level(): Use {
    if (this.#aboveLittle < KEYS_MS) return Use.keys;
    const ms = left(this.#aboveLittle, LITTLE, performance.now() - this.#at);
    return ms < KEYS_MS ? Use.keys : ms < BURST_MS ? Use.burst : Use.much;
  }

  /** Whether so much was used that the session has to wait for its turn even if no other session waits. */
  get isFlood(): boolean {
    return this.#aboveFlood >= BURST_MS && left(this.#aboveFlood, FLOOD, performance.now() - this.#at) >= BURST_MS;
  }
}

/** What is in a leaky bucket some time later. */
function left(ms: number, leak: number, laterMs: number): number {
  return Math.max(0, ms - laterMs * leak);
}

/** One direction of a session, whose work can be done in pieces. */
export interface TurnTaker {
  readonly recentUse: RecentUse;
  /** Whether more waits than a few keys: a client that begins to flood has not used anything yet. */
  readonly hasBurst: boolean;
  /**
   * Goes on with the work that had to wait. What it throws keeps no other session from its turn.
   *
   * @param ms - about how long it may take, in milliseconds.
   * @returns how long the event loop will soon be busy because of it, besides this call, in milliseconds.
   */
  takeTurn(ms: number): number;
}

/**
 * Shares the event loop among the sessions of a process, so that no client and no target can delay the deadlines and
 * the keystrokes of others, however much it sends and in however small pieces.
 *
 * A session works as soon as its bytes arrive, unless it floods, or uses more than a few keys do while others wait, or
 * comes after the time of this visit is used up: then it waits in a queue, and its socket is not read meanwhile. The queues
 * are served for {@link TURN_MS}, those that have used the least first; then the event loop looks after everything else.
 */
export class Turns {
  /** Runs the deadlines that are due. */
  readonly #runDue: () => void;
  /** By {@link Use}. */
  readonly #queues = [new Set<TurnTaker>(), new Set<TurnTaker>(), new Set<TurnTaker>()] as const;
  /** What was done outside of the queue since it was served last, in milliseconds. */
  #usedMs = 0;
  #isScheduled = false;

  /** @param runDue - runs the deadlines that are due; called after every piece of work. */
  constructor(runDue: () => void) {
    this.#runDue = runDue;
  }

  /** Sessions that wait. */
  get waiting(): number {
    const [keys, burst, much] = this.#queues;
    return keys.size + burst.size + much.size;
  }

  /** Whether `taker` may work now. If not, it is queued: its {@link TurnTaker.takeTurn} is called later. */
  mayWork(taker: TurnTaker): boolean {
    return (this.#usedMs < TURN_MS && this.mayGoOn(taker)) || this.#queue(taker);
  }

  /** Whether `taker` may look for more work. If not, it uses more than a few keys do, and is queued, too. */
  mayGoOn(taker: TurnTaker): boolean {
    const { recentUse } = taker;
    if (recentUse.level === Use.keys) return true;
    const isContended = this.#usedMs >= TURN_MS || this.waiting > 0;
    return !(isContended || recentUse.isFlood) || this.#queue(taker);
  }

  /**
   * Records that `taker` worked since `startedAt`, a time of `performance.now()`.
   *
   * @param isTurn - whether {@link TurnTaker.takeTurn} had announced it.
   * @returns how long that was, in milliseconds.
   */
  worked(taker: TurnTaker, startedAt: number, isTurn = false): number {
    const now = performance.now();
    const ms = now - startedAt;
    taker.recentUse.add(ms, now);
    if (isTurn) return ms;
    this.#usedMs += ms;
    if (this.#usedMs >= TURN_MS) this.#schedule();
    return ms;
  }

  /** Takes `taker` out of the queue. */
  leave(taker: TurnTaker): void {
    for (const queue of this.#queues) queue.delete(taker);
  }

  #queue(taker: TurnTaker): false {
    const { level } = taker.recentUse;
    this.#queues[level === Use.keys && taker.hasBurst ? Use.burst : level].add(taker);
    this.#schedule();
    return false;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#serve);
  }

  readonly #serve = (): void => {
    const startedAt = performance.now();
    const left = (): number => TURN_MS - (performance.now() - startedAt) - causedMs;
    let causedMs = 0;
    let leftMs = TURN_MS;
    this.#queues.forEach((queue, use) => {
      // Many with a few keys could keep the others waiting for ever: one of each always has its turn.
      const least = use === Use.keys ? 0 : 1;
      for (let count = queue.size, served = 0; served < count && (leftMs > 0 || served < least); served += 1) {
        causedMs += this.#serveNext(queue, leftMs);
        leftMs = left();
      }
    });
    this.#usedMs = 0;
    this.#isScheduled = false;
    if (this.waiting > 0) this.#schedule();
  };

  #serveNext(queue: Set<TurnTaker>, leftMs: number): number {
    const share = Math.max(LEAST_MS, leftMs / queue.size);
    for (const taker of queue) {
      queue.delete(taker);
      let causedMs = 0;
      callSafely(() => (causedMs = taker.takeTurn(share)));
      this.#runDue();
      return causedMs;
    }
    return 0;
  }
}
