import { reportError } from "./report-error.ts";

/** Removes the listener. Calling it again has no effect. */
export type Unsubscribe = () => void;

/** Options of the `on()` of a connection or a view. */
export interface ListenOptions {
  /** Removes the listener when aborted. */
  signal?: AbortSignal;
  /** Removes the listener after its first event. */
  once?: boolean;
}

type Listener<E> = (event: E) => void;

/**
 * Typed event listeners. An error thrown by a listener is reported as an uncaught error, and the
 * other listeners still receive the event, as with `EventTarget`.
 */
export class Emitter<Events extends object> {
  readonly #listeners: { [K in keyof Events]?: Set<Listener<Events[K]>> } = {};

  on<K extends keyof Events>(type: K, listener: Listener<Events[K]>, options: ListenOptions = {}): Unsubscribe {
    if (options.signal?.aborted) return () => {};
    const set = (this.#listeners[type] ??= new Set());
    const call: Listener<Events[K]> = (event) => {
      if (options.once) off();
      listener(event);
    };
    const off = (): void => {
      set.delete(call);
      options.signal?.removeEventListener("abort", off);
    };
    set.add(call);
    options.signal?.addEventListener("abort", off);
    return off;
  }

  emit<K extends keyof Events>(type: K, event: Events[K]): void {
    // A copy, so that a listener added by another listener does not receive the current event.
    for (const listener of Array.from(this.#listeners[type] ?? [])) {
      try {
        listener(event);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
