import { type StreamedEvent, streamedEvent } from "../telemetry/event-stream.ts";
import type { EventObserver, GatewayEvent } from "../telemetry/events.ts";
import { ChannelClosed } from "./ipc-channel.ts";

/** How long events wait for others, in milliseconds. */
const BATCH_MS = 50;

/** How many are sent at once; more are only counted. */
const MAX_BATCH = 1000;

/** Events of a worker. */
export interface EventBatch {
  readonly events: readonly StreamedEvent[];
  /** How many more there were. */
  readonly lost: number;
}

/** The primary, as the forwarder needs it. */
export interface EventReceiver {
  /** Fulfils when it responds; rejects when it does not in a bounded time. */
  readonly responds: () => Promise<unknown>;
  readonly send: (batch: EventBatch) => void;
}

/**
 * In a worker: sends the primary what happens, while clients follow it there. To a primary that does not respond nothing is
 * sent: it would wait in the memory of this process.
 */
export class EventForwarder implements EventObserver {
  readonly name = "events";
  readonly #primary: EventReceiver;
  #isActive: boolean;
  #events: StreamedEvent[] = [];
  #lost = 0;
  #isWaiting = false;

  constructor(isActive: boolean, primary: EventReceiver) {
    this.#isActive = isActive;
    this.#primary = primary;
  }

  setActive(isActive: boolean): void {
    this.#isActive = isActive;
  }

  notify(event: GatewayEvent): void {
    if (!this.#isActive) return;
    const streamed = streamedEvent(event);
    if (streamed === undefined) return;
    if (this.#events.length < MAX_BATCH) this.#events.push(streamed);
    else this.#lost += 1;
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#flushLater();
  }

  #flushLater(): void {
    setTimeout(() => void this.#primary.responds().then(() => this.#flush(), this.#onSilence), BATCH_MS);
  }

  #flush(): void {
    this.#isWaiting = false;
    this.#primary.send({ events: this.#events, lost: this.#lost });
    this.#events = [];
    this.#lost = 0;
  }

  readonly #onSilence = (error: unknown): void => {
    if (!(error instanceof ChannelClosed)) this.#flushLater();
  };
}
