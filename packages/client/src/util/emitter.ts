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

/** A listener as it was added. */
interface Registration<E> {
  readonly listener: Listener<E>;
  readonly once: boolean;
  readonly remove: Unsubscribe;
}

/**
 * Typed event listeners that behave as those of `EventTarget`: a listener that is added twice for an event is called
 * once, and one that another listener removes is not called any more. An error thrown by a listener is reported as an
 * uncaught error, and the other listeners still receive the event.
 */
export class Emitter<Events extends object> {
  readonly #registrations: { [K in keyof Events]?: Map<Listener<Events[K]>, Registration<Events[K]>> } = {};

  on<K extends keyof Events>(type: K, listener: Listener<Events[K]>, options: ListenOptions = {}): Unsubscribe {
    const { signal, once = false } = options;
    if (signal?.aborted) return () => {};
    const registrations = (this.#registrations[type] ??= new Map());
    const known = registrations.get(listener);
    if (known) return known.remove;
    const remove = (): void => {
      if (registrations.get(listener) === registration) registrations.delete(listener);
      signal?.removeEventListener("abort", remove);
    };
    const registration = { listener, once, remove };
    registrations.set(listener, registration);
    signal?.addEventListener("abort", remove);
    return remove;
  }

  /** Whether there is a listener for this event. */
  has(type: keyof Events): boolean {
    return (this.#registrations[type]?.size ?? 0) > 0;
  }

  emit<K extends keyof Events>(type: K, event: Events[K]): void {
    const registrations = this.#registrations[type];
    if (!registrations) return;
    // A copy, so that a listener added by another listener does not receive the current event.
    for (const registration of Array.from(registrations.values())) {
      const { listener, once, remove } = registration;
      if (registrations.get(listener) !== registration) continue;
      if (once) remove();
      try {
        listener(event);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
