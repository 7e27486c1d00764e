import { report } from "./report.ts";

/** Removes the listener; harmless to call again. */
export type Unsubscribe = () => void;

/** How the `on()` of a connection or a view listens. */
export interface ListenOptions {
  /** Removes the listener when aborted. */
  signal?: AbortSignal;
  /** Removes the listener after its first event. */
  once?: boolean;
}

type Listener<E> = (event: E) => void;

/**
 * Typed listeners. One that throws does not keep the others from hearing the event: its error is
 * reported as an uncaught one, as `EventTarget` does.
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
    // A copy: a listener that is added by another one does not hear the event that runs.
    for (const listener of Array.from(this.#listeners[type] ?? [])) {
      try {
        listener(event);
      } catch (error) {
        report(error);
      }
    }
  }
}
