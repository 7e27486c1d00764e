import { randomBytes } from "node:crypto";
import { printable } from "../printable.ts";
import type { AuditEntry } from "./audit/entry.ts";
import { entryOf } from "./audit/entry-of.ts";
import type { EventObserver, GatewayEvent } from "./events.ts";

/** How many events are kept for clients that come back or are slow, and how many characters. */
const MAX_EVENTS = 10_000;
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** How many clients may follow at once. */
const MAX_CLIENTS = 16;

/** How long events are kept without a client, in milliseconds. */
const LINGER_MS = 600_000;

/** How often a client hears something, in milliseconds: a connection that is gone is noticed then. */
const HEARTBEAT_MS = 15_000;

/** How much a client is sent at once, in characters. */
const MAX_CHUNK = 64 * 1024;

/** An event as clients get it: the fields of a line of the audit trail, and when and in which process it happened. */
export interface StreamedEvent extends AuditEntry {
  readonly time: string;
  readonly pid: number;
}

/** @returns undefined for an event that concerns the gateway's own checks only. */
export function streamedEvent(event: GatewayEvent): StreamedEvent | undefined {
  const entry = entryOf(event);
  return entry && { ...entry, time: new Date().toISOString(), pid: process.pid };
}

interface Kept {
  readonly number: number;
  readonly text: string;
}

/** Test seams of {@link EventStream}. */
interface StreamBounds {
  readonly maxEvents?: number;
  readonly lingerMs?: number;
  readonly heartbeatMs?: number;
}

/**
 * What happens, for clients that follow it as server-sent events (WHATWG HTML, section 9.2). Nothing is kept, and other
 * processes send nothing, until the first client comes.
 */
export class EventStream implements EventObserver {
  readonly name = "events";
  readonly #bounds: StreamBounds;
  readonly #onActive: (isActive: boolean) => void;
  readonly #clients = new Set<EventSubscription>();
  #kept: Kept[] = [];
  #characters = 0;
  /** Distinguishes the numbers of one time of being active from those of another. */
  #run = "";
  #last = 0;
  #lingering: NodeJS.Timeout | undefined;

  /** @param onActive - told when other processes have to send what happens there, and when no more. */
  constructor(onActive: (isActive: boolean) => void = () => {}, bounds: StreamBounds = {}) {
    this.#onActive = onActive;
    this.#bounds = bounds;
  }

  /** Whether events are kept. */
  get isActive(): boolean {
    return this.#run !== "";
  }

  notify(event: GatewayEvent): void {
    if (!this.isActive) return;
    const streamed = streamedEvent(event);
    if (streamed !== undefined) this.publish(streamed);
  }

  /** Sends an event of this or another process. */
  publish({ event, ...data }: StreamedEvent): void {
    if (!this.isActive) return;
    this.#keep(event, { ...data, event });
  }

  /** Another process had too many events to send all of them. */
  publishGap(lost: number): void {
    if (this.isActive) this.#keep("gap", { lost });
  }

  /**
   * A new client.
   *
   * @param after - the id of the last event that it has; undefined to begin with the next one.
   * @returns undefined when there are too many clients.
   */
  subscribe(after: string | undefined): EventSubscription | undefined {
    if (this.#clients.size >= MAX_CLIENTS) return undefined;
    clearTimeout(this.#lingering);
    if (!this.isActive) this.#start();
    const [run, number] = after?.split(".", 2) ?? [];
    // What it missed of another run is not known: it gets all that is kept.
    const isKnown = run === this.#run && /^\d{1,15}$/.test(number ?? "");
    const position = after === undefined ? this.#last : isKnown ? Math.min(Number(number), this.#last) : -1;
    const client = new EventSubscription({
      position,
      read: (from) => this.#read(from),
      left: () => this.#left(client),
      heartbeatMs: this.#bounds.heartbeatMs ?? HEARTBEAT_MS,
    });
    this.#clients.add(client);
    return client;
  }

  /** Ends the wait of all clients. */
  close(): void {
    clearTimeout(this.#lingering);
    for (const client of this.#clients) client.close();
  }

  #start(): void {
    this.#run = randomBytes(6).toString("base64url");
    this.#onActive(true);
  }

  #left(client: EventSubscription): void {
    if (!this.#clients.delete(client) || this.#clients.size > 0) return;
    this.#lingering = setTimeout(() => {
      this.#run = "";
      this.#kept = [];
      this.#characters = 0;
      this.#onActive(false);
    }, this.#bounds.lingerMs ?? LINGER_MS).unref();
  }

  #keep(name: string, data: object): void {
    this.#last += 1;
    const text = `${this.#idLine(this.#last)}event: ${name}\ndata: ${printable(JSON.stringify(data))}\n\n`;
    this.#kept.push({ number: this.#last, text });
    this.#characters += text.length;
    while (this.#kept.length > (this.#bounds.maxEvents ?? MAX_EVENTS) || this.#characters > MAX_CHARACTERS) {
      this.#characters -= this.#kept.shift()?.text.length ?? 0;
    }
    for (const client of this.#clients) client.wake();
  }

  /** What follows a position, and the position after that; the text is empty when there is nothing. */
  #read(from: number): { readonly text: string; readonly position: number } {
    const first = this.#kept[0]?.number ?? this.#last + 1;
    if (from < first - 1) {
      // Of another run, nothing is known.
      const lost = from < 0 ? undefined : first - 1 - from;
      const text = `${this.#idLine(first - 1)}event: gap\ndata: ${JSON.stringify({ lost })}\n\n`;
      return { text, position: first - 1 };
    }
    let text = "";
    let position = from;
    for (let index = from - first + 1; index < this.#kept.length && text.length < MAX_CHUNK; index += 1) {
      text += this.#kept[index]?.text ?? "";
      position += 1;
    }
    return { text, position };
  }

  #idLine(number: number): string {
    return `id: ${this.#run}.${number}\n`;
  }
}

interface SubscriptionOptions {
  readonly position: number;
  readonly read: (from: number) => { readonly text: string; readonly position: number };
  readonly left: () => void;
  readonly heartbeatMs: number;
}

/** One client of an {@link EventStream}. What it has not taken yet is only a place in what is kept for all. */
export class EventSubscription {
  readonly #options: SubscriptionOptions;
  #position: number;
  #isClosed = false;
  #wait: PromiseWithResolvers<void> | undefined;

  /** Made by the stream. */
  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#position = options.position;
  }

  /** The next events as text, once there are some, or a comment if there are none for a while; undefined at the end. */
  async next(): Promise<string | undefined> {
    if (this.#isClosed) return undefined;
    const taken = this.#take();
    if (taken !== "") return taken;
    this.#wait = Promise.withResolvers();
    const timer = setTimeout(this.#wait.resolve, this.#options.heartbeatMs);
    await this.#wait.promise;
    clearTimeout(timer);
    return this.#isClosed ? undefined : this.#take() || ":\n\n";
  }

  wake(): void {
    this.#wait?.resolve();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.wake();
    this.#options.left();
  }

  #take(): string {
    const { text, position } = this.#options.read(this.#position);
    this.#position = position;
    return text;
  }
}
