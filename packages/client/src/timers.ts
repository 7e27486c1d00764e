import type { TimerName } from "./machine/types.ts";

/** The longest delay that a browser's timer keeps; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Named timers: setting one again replaces it. A delay beyond 24.8 days fires early. */
export class Timers {
  readonly #handles = new Map<TimerName, ReturnType<typeof setTimeout>>();
  readonly #fire: (name: TimerName) => void;

  constructor(fire: (name: TimerName) => void) {
    this.#fire = fire;
  }

  set(name: TimerName, ms: number): void {
    this.clear(name);
    const handle = setTimeout(
      () => {
        this.#handles.delete(name);
        this.#fire(name);
      },
      Math.min(ms, MAX_DELAY_MS),
    );
    this.#handles.set(name, handle);
  }

  clear(name: TimerName): void {
    clearTimeout(this.#handles.get(name));
    this.#handles.delete(name);
  }

  clearAll(): void {
    for (const handle of this.#handles.values()) clearTimeout(handle);
    this.#handles.clear();
  }
}
