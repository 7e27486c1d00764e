/** How long sessions may work between two visits of the event loop to its timers and sockets, in milliseconds. */
const TURN_MS = 2;

/** The least that is worth a turn, in milliseconds. */
const LEAST_MS = 0.1;

/** How much a session may work at a stretch without waiting for its turn, in milliseconds. */
const BURST_MS = 0.5;

/** The part of the event loop's time that a session may use for long without waiting for its turns. */
const LIGHT_USE = 0.1;

/** What one direction of a session has used of the event loop lately: a leaky bucket. */
export class RecentUse {
  #ms = 0;
  #at = 0;

  add(ms: number, now: number): void {
    this.#ms = this.#left(now) + ms;
    this.#at = now;
  }

  /** Whether the session has to wait for its turn. */
  isHeavy(now: number): boolean {
    return this.#ms >= BURST_MS && this.#left(now) >= BURST_MS;
  }

  #left(now: number): number {
    return Math.max(0, this.#ms - (now - this.#at) * LIGHT_USE);
  }
}

/** One direction of a session, whose work can be done in pieces. */
export interface TurnTaker {
  readonly recentUse: RecentUse;
  /**
   * Goes on with the work that had to wait. Has to handle its own failures.
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
 * A session that uses little works as soon as its bytes arrive. One that uses much, or that comes after the others have
 * used the time of this visit, waits in a queue, and its socket is not read meanwhile. The queue is served for
 * {@link TURN_MS}, then the event loop looks after everything else. Sessions that have used little come first.
 */
export class Turns {
  /** Runs the deadlines that are due. */
  readonly #runDue: () => void;
  readonly #light = new Set<TurnTaker>();
  readonly #heavy = new Set<TurnTaker>();
  /** What was done outside of the queue since it was served last, in milliseconds. */
  #usedMs = 0;
  #isScheduled = false;

  /** @param runDue - runs the deadlines that are due; called after every piece of work. */
  constructor(runDue: () => void) {
    this.#runDue = runDue;
  }

  /** Sessions that wait. */
  get waiting(): number {
    return this.#light.size + this.#heavy.size;
  }

  /** Whether `taker` may work now. If not, it is queued: its {@link TurnTaker.takeTurn} is called later. */
  mayWork(taker: TurnTaker): boolean {
    const isHeavy = taker.recentUse.isHeavy(performance.now());
    if (!isHeavy && this.#usedMs < TURN_MS) return true;
    (isHeavy ? this.#heavy : this.#light).add(taker);
    this.#schedule();
    return false;
  }

  /**
   * Records that `taker` worked since `startedAt`, a time of `performance.now()`.
   *
   * @returns how long that was, in milliseconds.
   */
  worked(taker: TurnTaker, startedAt: number): number {
    const now = performance.now();
    const ms = now - startedAt;
    taker.recentUse.add(ms, now);
    this.#usedMs += ms;
    if (this.#usedMs >= TURN_MS) this.#schedule();
    return ms;
  }

  /** Takes `taker` out of the queue. */
  leave(taker: TurnTaker): void {
    this.#light.delete(taker);
    this.#heavy.delete(taker);
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
    // Those that have used little could keep the others waiting for ever: one of these always has its turn.
    for (let count = this.#light.size; count > 0 && leftMs > 0; count -= 1, leftMs = left()) {
      causedMs += this.#serveNext(this.#light, leftMs);
    }
    for (let count = this.#heavy.size, served = 0; count > 0 && (leftMs > 0 || served === 0); count -= 1, served += 1) {
      causedMs += this.#serveNext(this.#heavy, leftMs);
      leftMs = left();
    }
    this.#usedMs = 0;
    this.#isScheduled = false;
    if (this.waiting > 0) this.#schedule();
  };

  #serveNext(queue: Set<TurnTaker>, leftMs: number): number {
    const share = Math.max(LEAST_MS, leftMs / queue.size);
    for (const taker of queue) {
      queue.delete(taker);
      const causedMs = taker.takeTurn(share);
      this.#runDue();
      return causedMs;
    }
    return 0;
  }
}
