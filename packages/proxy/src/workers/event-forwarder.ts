import { type StreamedEvent, streamedEvent } from "../telemetry/event-stream.ts";
import type { EventObserver, GatewayEvent } from "../telemetry/events.ts";

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

/** In a worker: sends the primary what happens, while clients follow it there. */
export class EventForwarder implements EventObserver {
  readonly name = "events";
  readonly #send: (batch: EventBatch) => void;
  #isActive: boolean;
  #events: StreamedEvent[] = [];
  #lost = 0;
  #isWaiting = false;

  constructor(isActive: boolean, send: (batch: EventBatch) => void) {
    this.#isActive = isActive;
    this.#send = send;
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
    setTimeout(() => this.#flush(), BATCH_MS);
  }

  #flush(): void {
    this.#isWaiting = false;
    this.#send({ events: this.#events, lost: this.#lost });
    this.#events = [];
    this.#lost = 0;
  }
}
