import type { ConsoleChannel } from "./channel.ts";
import { Emitter, type ListenOptions, type Unsubscribe } from "./emitter.ts";
import { ConsoleError } from "./errors.ts";
import type { ConsoleOptions } from "./options.ts";
import type { ConsoleEvents, ConsoleState } from "./state.ts";

/** Owns the socket, the control messages, expiry and reconnection. Knows no viewer. */
export class ConsoleConnection {
  readonly #events = new Emitter<ConsoleEvents>();
  readonly #options: ConsoleOptions;

  constructor(options: ConsoleOptions) {
    this.#options = options;
  }

  /** The same object until the state changes: made for React's `useSyncExternalStore`. */
  get state(): ConsoleState {
    return { status: "idle" };
  }

  /** The byte channel; null unless a socket exists. A new one for each attempt. */
  get channel(): ConsoleChannel | null {
    return null;
  }

  /**
   * Resolves when connected; rejects with a {@link ConsoleError} if it ends first. From `idle` and
   * `closed` it opens the console (so a page's "open again" button is the same call), in
   * `reconnecting` it tries at once, otherwise it waits for what is under way.
   */
  connect(): Promise<void> {
    return Promise.reject(new ConsoleError("not_connected", String(this.#options.connectTimeoutMs)));
  }

  /** Renews the session in place, without dropping the connection. Rejects with a {@link ConsoleError}. */
  renew(token?: string): Promise<void> {
    return Promise.reject(new ConsoleError("not_connected", token ?? ""));
  }

  /** Sends a serial BREAK. Returns false where the gateway cannot. */
  sendBreak(durationMs?: number): boolean {
    return durationMs === -1;
  }

  /** Resolves once `closed`. Safe in any state, any number of times. */
  close(detail?: string): Promise<void> {
    return Promise.reject(new ConsoleError("not_connected", detail ?? ""));
  }

  /** The viewer finished its handshake; see {@link ConsoleOptions.waitForViewer}. */
  viewerReady(): void {}

  /** The viewer waits for a person (a password, say): the connect timeout stops for this attempt. */
  viewerWaiting(): void {}

  /** Ends the connection with the reason `viewer_failed`. */
  viewerFailed(_detail: string): void {}

  /** Listens for an event. */
  on<K extends keyof ConsoleEvents>(
    type: K,
    listener: (event: ConsoleEvents[K]) => void,
    options?: ListenOptions,
  ): Unsubscribe {
    return this.#events.on(type, listener, options);
  }
}
