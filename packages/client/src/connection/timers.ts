import { MAX_TIMER_MS } from "../util/delay.ts";
import type { TimerName } from "./machine/types.ts";

/** Named timers. Setting a timer again replaces it. A delay beyond 24.8 days fires early. */
export class Timers {
  readonly #handles = new Map<TimerName, ReturnType<typeof setTimeout>>();
  readonly #onTimer: (name: TimerName) => void;

  constructor(onTimer: (name: TimerName) => void) {
    this.#onTimer = onTimer;
  }

  set(name: TimerName, ms: number): void {
    this.clear(name);
    const handle = setTimeout(
      () => {
        this.#handles.delete(name);
        this.#onTimer(name);
      },
      Math.min(ms, MAX_TIMER_MS),
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
