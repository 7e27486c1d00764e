/**
 * When a fault strikes:
 * - a number: once that many bytes of the server's output have been sent (0: as soon as it connects);
 * - a phase: just before the server acts in that phase of its protocol;
 * - `afterMs`: that many milliseconds after the connection was accepted.
 */
export type FaultPoint<Phase extends string = never> = number | Phase | { readonly afterMs: number };

/**
 * One thing that goes wrong on a connection, as a plain value. Faults of a list are independent and
 * combine: `[{ type: "split", bytes: 1 }, { type: "reset", at: 100 }]` sends 100 single bytes, then resets.
 */
export type Fault<Phase extends string = never> =
  /** The port is closed: connecting fails with ECONNREFUSED. */
  | { readonly type: "refuse" }
  /** Sends at most `bytes` bytes per write. TCP may still join them on the way. */
  | { readonly type: "split"; readonly bytes: number }
  /** Sends at most this many bytes per second. */
  | { readonly type: "slow"; readonly bytesPerSecond: number }
  /** Sends nothing from here on, until `resume()` or, if given, for `forMs` milliseconds. */
  | { readonly type: "stall"; readonly at: FaultPoint<Phase>; readonly forMs?: number }
  /** Closes the socket with RST, 10 ms after what came before it, so that the client has read that. */
  | { readonly type: "reset"; readonly at: FaultPoint<Phase> }
  /** Ends the socket with FIN, after everything before this point. */
  | { readonly type: "close"; readonly at: FaultPoint<Phase> }
  /** Sends `bytes` (default 64) seeded random bytes instead of whatever would follow, then nothing more. */
  | { readonly type: "garbage"; readonly at: FaultPoint<Phase>; readonly seed?: number; readonly bytes?: number }
  /** Sends without end, as fast as the socket takes it; what else would follow is never sent. */
  | { readonly type: "flood"; readonly at: FaultPoint<Phase> }
  /**
   * Stops reading what the client sends. TCP then hides the client's departure too: the connection
   * counts as open until something is sent to it or `resume()` is called.
   */
  | { readonly type: "stop_reading"; readonly at: FaultPoint<Phase> };

/** The faults of every connection, or a function from a connection's number (0, 1, …) to its faults. */
export type FaultScript<Phase extends string = never> =
  | readonly Fault<Phase>[]
  | ((connection: number) => readonly Fault<Phase>[]);

/** A fault that strikes at a point, as opposed to one that shapes all output. */
export type PointFault<Phase extends string> = Extract<Fault<Phase>, { readonly at: unknown }>;

/** @throws RangeError naming the value and what was expected. */
export function checkFaults(faults: readonly Fault<string>[], phases: readonly string[]): void {
  for (const fault of faults) {
    if (fault.type === "split") expectInteger("split.bytes", fault.bytes, 1);
    else if (fault.type === "slow") expectInteger("slow.bytesPerSecond", fault.bytesPerSecond, 1);
    else if (fault.type !== "refuse") checkPoint(fault, phases);
    if (fault.type === "garbage" && fault.bytes !== undefined) expectInteger("garbage.bytes", fault.bytes, 1);
    if (fault.type === "stall" && fault.forMs !== undefined) expectInteger("stall.forMs", fault.forMs, 0);
  }
}

function checkPoint({ type, at }: PointFault<string>, phases: readonly string[]): void {
  if (typeof at === "number") expectInteger(`${type}.at`, at, 0);
  else if (typeof at === "object") expectInteger(`${type}.at.afterMs`, at.afterMs, 0);
  else if (!phases.includes(at)) {
    const known = phases.length === 0 ? "" : `, one of the phases ${phases.join(", ")}`;
    throw new RangeError(`${type}.at is ${JSON.stringify(at)}; expected a number of bytes${known}, or { afterMs }`);
  }
}

/** @throws RangeError unless `value` is an integer of at least `least` and at most `most`. */
export function expectInteger(
  name: string,
  value: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw new RangeError(`${name} is ${value}; expected an integer ${range}`);
}
