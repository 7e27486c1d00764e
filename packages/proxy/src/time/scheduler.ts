import { callSafely } from "./call-safely.ts";
import { type Clock, type Instant, nowOf } from "./clock.ts";
import { type HeapEntry, MinHeap } from "./heap.ts";

/** How often the wall clock is compared: a clock set forward is noticed within this time. */
const WALL_CHECK_MS = 1000;

/** How far the wall clock may get ahead before all entries are given new keys, in milliseconds. */
const DRIFT_MS = 5;

interface Entry extends HeapEntry {
  readonly wall: number;
  /** Undefined once taken back. */
  due: (() => void) | undefined;
}

/** A scheduled call that has not come yet. */
export interface Scheduled {
  /** Takes the call back; does nothing once it was made. */
  cancel(): void;
}

/**
 * Holds the deadlines of all sessions: one heap and one timer. Calls are never made early on the
 * monotonic clock, unless the wall clock says that the instant has come. Because the timer wakes at
 * least once a second, deadlines further away than a Node timer can count (24.8 days) work, too.
 */
export class DeadlineScheduler {
  readonly #clock: Clock;
  readonly #heap = new MinHeap<Entry>();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  /** The wall clock less the monotonic one when the keys were made; the least of them. */
  #offset = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls that are still to come. */
  get size(): number {
    return this.#heap.size;
  }

  /** Calls `due` once `at` has come, and not in this turn, even if it has come already. */
  schedule(at: Instant, due: () => void): Scheduled {
    // What the wall clock has passed already need not wait for the next time that it is compared.
    const key = at.wall <= this.#clock.wall() ? Math.min(at.monotonic, this.#clock.monotonic()) : at.monotonic;
    this.#offset = Math.min(this.#offset, at.wall - at.monotonic);
    const entry: Entry = { key, wall: at.wall, index: -1, due };
    this.#heap.push(entry);
    this.#arm();
    return {
      cancel: () => {
        entry.due = undefined;
        this.#heap.remove(entry);
        if (this.#heap.size === 0) this.#disarm();
      },
    };
  }

  /** Makes the calls that are due now. For work that keeps the timer waiting; costs next to nothing if none is due. */
  runDue(): void {
    const next = this.#heap.peek();
    if (next !== undefined && next.key <= this.#clock.monotonic()) this.#run();
  }

  #arm(): void {
    const next = this.#heap.peek();
    if (next === undefined) return this.#disarm();
    const now = this.#clock.monotonic();
    // Node counts whole milliseconds; rounding up keeps the call from coming early.
    const delay = Math.max(0, Math.min(Math.ceil(next.key - now), WALL_CHECK_MS));
    if (this.#timer !== undefined && this.#timerAt <= now + delay) return;
    this.#disarm();
    this.#timerAt = now + delay;
    this.#timer = setTimeout(() => this.#run(), delay);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #run(): void {
    this.#disarm();
    const now = this.#followWallClock();
    // Collected before the first call, because a call may schedule and cancel.
    const due = this.#heap.takeUpTo(now);
    this.#arm();
    // They are no longer in the heap: a call that is not made now would never be.
    for (const entry of due) if (entry.due !== undefined) callSafely(entry.due);
  }

  /**
   * A wall clock that was set forward brings the calls nearer; one that was set back does not move them.
   *
   * @returns now, on the monotonic clock.
   */
  #followWallClock(): number {
    const { monotonic, wall } = nowOf(this.#clock);
    if (wall - monotonic > this.#offset + DRIFT_MS) {
      this.#offset = wall - monotonic;
      this.#heap.rekey((entry) => Math.min(entry.key, monotonic + (entry.wall - wall)));
    }
    return monotonic;
  }
}
