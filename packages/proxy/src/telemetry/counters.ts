/** Durations by how long they were: the numbers of a Prometheus histogram. */
export class DurationCounters {
  /** Upper bounds in seconds, ascending. */
  readonly bounds: readonly number[];
  /** How many fell between the bound before and this one; the last is for what is above them all. */
  readonly counts: number[];
  /** All durations together, in seconds. */
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  add(seconds: number): void {
    const index = this.bounds.findIndex((bound) => seconds <= bound);
    const place = index < 0 ? this.bounds.length : index;
    this.counts[place] = (this.counts[place] ?? 0) + 1;
    this.sum += seconds;
  }
}

/** How often each of several things happened. All of them from the start: a rate over a series that begins at 1 misses the first event. */
export class LabelCounters {
  readonly counts: Map<string, number>;

  constructor(names: readonly string[]) {
    this.counts = new Map(names.map((name) => [name, 0]));
  }

  add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
