/**
 * The two clocks of a deadline. The wall clock says when access expires; the monotonic clock says how much
 * time is left, even after the wall clock was set back.
 */
export interface Clock {
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number;
  /** Milliseconds since the epoch. */
  wall(): number;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
};

/** How far the two clocks may disagree before the wall clock counts as set back, in milliseconds. */
export const CLOCK_TOLERANCE_MS = 50;

/** One instant on both clocks; it has come as soon as one of them says so. */
export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

/** How far apart the readings of the two clocks may be, in milliseconds. */
const MAX_APART_MS = 1;

/** How often the clocks are read again at most. */
const MAX_READINGS = 10;

/**
 * Now, on both clocks. The machine may take the processor away between two readings, which would look like a clock that
 * was set: the clocks are read again then.
 */
export function nowOf(clock: Clock): Instant {
  for (let reading = 1; ; reading += 1) {
    const before = clock.monotonic();
    const wall = clock.wall();
    // Read last: should the readings be apart after all, an instant comes late on this clock rather than early.
    const monotonic = clock.monotonic();
    if (monotonic - before <= MAX_APART_MS || reading === MAX_READINGS) return { monotonic, wall };
  }
}

/** The instant that the wall clock will call `wall`, as things stand now. */
export function instantAt(clock: Clock, wall: number): Instant {
  const now = nowOf(clock);
  return { wall, monotonic: now.monotonic + (wall - now.wall) };
}

/** Milliseconds until `instant`, by the clock that is nearer to it; 0 once it has come. */
export function timeLeft(clock: Clock, instant: Instant): number {
  return Math.max(0, Math.min(instant.monotonic - clock.monotonic(), instant.wall - clock.wall()));
}

/** The same instant, `ms` earlier. */
export function earlier(instant: Instant, ms: number): Instant {
  return { monotonic: instant.monotonic - ms, wall: instant.wall - ms };
}

/** Milliseconds by which `instant` is over; negative while it lies ahead. */
export function overdue(clock: Clock, instant: Instant): number {
  return Math.max(clock.monotonic() - instant.monotonic, clock.wall() - instant.wall);
}
