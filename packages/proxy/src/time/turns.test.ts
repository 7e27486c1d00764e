import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RecentUse, Turns, type TurnTaker, Use } from "./turns.ts";

let now = 0;
beforeEach(() => {
  now = 1000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => void vi.restoreAllMocks());

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

/** Has an amount of work, and does as much of it in each turn as it is given time for. */
class Worker implements TurnTaker {
  readonly recentUse = new RecentUse();
  readonly #turns: Turns;
  readonly #log: string[];
  readonly #name: string;
  leftMs: number;

  constructor(turns: Turns, log: string[], name: string, workMs: number) {
    this.#turns = turns;
    this.#log = log;
    this.#name = name;
    this.leftMs = workMs;
  }

  get hasBurst(): boolean {
    return this.leftMs > 0.5;
  }

  arrive(): void {
    if (this.#turns.mayWork(this)) this.takeTurn(0.25);
  }

  takeTurn(ms: number): number {
    const startedAt = now;
    now += Math.min(ms, this.leftMs);
    this.leftMs -= Math.min(ms, this.leftMs);
    this.#log.push(this.#name);
    this.#turns.worked(this, startedAt);
    if (this.leftMs > 0) this.arrive();
    return 0;
  }
}

describe("recent use", () => {
  test("is a burst after a tenth of a millisecond, and much after half of one; a hundredth of the time makes up for it", () => {
    const use = new RecentUse();
    use.add(0.09, now);
    expect(use.level).toBe(Use.keys);
    use.add(0.31, now);
    expect(use.level).toBe(Use.burst);
    use.add(0.6, now);
    now += 49;
    expect(use.level).toBe(Use.much);
    now += 2;
    expect(use.level).toBe(Use.burst);
    now += 40;
    expect(use.level).toBe(Use.keys);
  });

  test("is a flood after half a millisecond at once, until a tenth of the time has made up for it", () => {
    const use = new RecentUse();
    use.add(1, now);
    now += 4.9;
    expect(use.isFlood).toBe(true);
    now += 0.2;
    expect(use.isFlood).toBe(false);
  });

  test("of an hour is forgotten after five seconds without use", () => {
    const use = new RecentUse();
    for (const end = now + 3_600_000; now < end; now += 100) use.add(50, now);
    now += 5000;
    expect([use.level, use.isFlood]).toEqual([Use.keys, false]);
  });

  test("of a few keys a second never counts", () => {
    const use = new RecentUse();
    for (; now < 100_000; now += 15) {
      use.add(0.03, now);
      expect(use.level).toBe(Use.keys);
    }
  });
});

describe("turns", () => {
  test("a session that uses little works at once, one that floods waits, and both finish", async () => {
    const turns = new Turns(() => {});
    const log: string[] = [];
    new Worker(turns, log, "key", 0.01).arrive();
    const flood = new Worker(turns, log, "flood", 20);
    flood.arrive();
    expect(log).toEqual(["key", "flood", "flood", "flood"]);
    expect(turns.waiting).toBe(1);
    while (turns.waiting > 0) await turn();
    expect(flood.leftMs).toBeCloseTo(0);
  });

  test("sixty floods hold the event loop for about 1 ms at a stretch, and a key that arrives comes next", async () => {
    const turns = new Turns(() => {});
    const log: string[] = [];
    const floods = Array.from({ length: 60 }, (_, index) => new Worker(turns, log, `flood ${index}`, 5));
    for (const flood of floods) flood.arrive();
    while (turns.waiting > 0) {
      const startedAt = now;
      log.length = 0;
      new Worker(turns, log, "key", 0.01).arrive();
      await turn();
      expect(log[0]).toBe("key");
      expect(now - startedAt).toBeLessThan(1.5);
    }
    expect(floods.every(({ leftMs }) => leftMs < 1e-9)).toBe(true);
  });

  test("many that use little do not keep one that uses much waiting for ever", async () => {
    const turns = new Turns(() => {});
    const log: string[] = [];
    const flood = new Worker(turns, log, "flood", 1);
    flood.arrive();
    for (let round = 0; flood.leftMs > 0; round += 1) {
      expect(round).toBeLessThan(100);
      for (let count = 0; count < 100; count += 1) new Worker(turns, log, "key", 0.1).arrive();
      await turn();
    }
  });

  test("due deadlines run after each piece of work", async () => {
    const log: string[] = [];
    const turns = new Turns(() => void log.push("deadlines"));
    const [one, other] = [new Worker(turns, log, "one", 3), new Worker(turns, log, "other", 3)];
    one.arrive();
    other.arrive();
    log.length = 0;
    await turn();
    expect(new Set(log)).toEqual(new Set(["one", "other", "deadlines"]));
    log.forEach((entry, index) => expect(entry === "deadlines").toBe(index % 2 === 1));
  });

  test("one that fails keeps no other from its turn", async () => {
    const turns = new Turns(() => {});
    const log: string[] = [];
    const thrown = vi.fn<(error: Error) => void>();
    vi.spyOn(globalThis, "queueMicrotask").mockImplementation((task) => {
      try {
        task();
      } catch (error) {
        thrown(error as Error);
      }
    });
    const failing = new Worker(turns, log, "failing", 20);
    failing.arrive();
    vi.spyOn(failing, "takeTurn").mockImplementation(() => {
      throw new Error("a fault of the gateway");
    });
    const flood = new Worker(turns, log, "flood", 20);
    flood.arrive();
    while (turns.waiting > 0) await turn();
    expect(flood.leftMs).toBeCloseTo(0);
    expect(thrown).toHaveBeenCalledExactlyOnceWith(new Error("a fault of the gateway"));
  });

  test("a session that has left has no turn", async () => {
    const turns = new Turns(() => {});
    const log: string[] = [];
    const flood = new Worker(turns, log, "flood", 20);
    flood.arrive();
    log.length = 0;
    turns.leave(flood);
    await turn();
    expect([log, turns.waiting]).toEqual([[], 0]);
  });
});
