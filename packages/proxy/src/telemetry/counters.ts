/** Counts durations by length, for a Prometheus histogram. */
export class DurationCounters {
  /** Upper bounds in seconds, ascending. */
  readonly bounds: readonly number[];
  /** How many fell between the previous bound and this one; the last element counts those above all bounds. */
  readonly counts: number[];
  /** Sum of all durations, in seconds. */
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  add(seconds: number): void {
    const index = this.bounds.findIndex((bound) => seconds <= bound);
    const bucket = index < 0 ? this.bounds.length : index;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += seconds;
  }
}

/** Counts by label. All labels start at 0, because a rate over a series that begins at 1 misses the first event. */
export class LabelCounters {
  readonly counts: Map<string, number>;

  constructor(names: readonly string[]) {
    this.counts = new Map(names.map((name) => [name, 0]));
  }

  add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}

/** Durations of something that can fail. */
export class TimedCounters {
  readonly durations: DurationCounters;
  errors = 0;

  constructor(bounds: readonly number[]) {
    this.durations = new DurationCounters(bounds);
  }

  /** Measures what `work` takes until it fulfils or rejects. */
  async time<T>(work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } catch (error) {
      this.errors += 1;
      throw error;
    } finally {
      this.durations.add((performance.now() - start) / 1000);
    }
  }
}
