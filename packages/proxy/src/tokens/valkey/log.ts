import { setImmediate } from "node:timers/promises";
import { inTime } from "../../time/in-time.ts";
import type { StoreClient } from "../../valkey/client.ts";

/** How long one question may wait for an entry, in milliseconds. */
const WAIT_MS = 1000;

/** How much longer its answer may take, in milliseconds. */
const ANSWER_MS = 2000;

/** How many entries are read at once, and how many are told in one turn of the event loop. */
const MAX_READ = 500;
const MAX_TOLD = 50;

/** An entry of the log. */
export interface LogEntry {
  /** `revoked` or `lock`; a later version may know more. */
  readonly kind: string;
  /** Of the token, or of the lock. */
  readonly id: string;
}

/** What is done with what was read. */
export interface LogListener {
  /** Called with some entries, in order. */
  onEntries(entries: readonly LogEntry[], reader: StoreClient): Promise<void>;
  /** Called when entries were missed: they are not in the log any more. */
  onGap(reader: StoreClient): Promise<void>;
}

interface Message {
  readonly id: string;
  readonly message: Readonly<Record<string, string>>;
}

/**
 * The stream in which the gateways of a cluster tell each other what has changed. It is a hint: what it tells is also in
 * the records, which count where entries are missing.
 */
export class StoreLog {
  readonly #key: string;
  /** The last entry that was read, and its number. */
  #position = "0-0";
  #number = 0;

  constructor(key: string) {
    this.#key = key;
  }

  /** From now on is read what is added later than this. */
  async seekEnd(client: StoreClient): Promise<void> {
    const [last] = (await client.xRevRange(this.#key, "+", "-", { COUNT: 1 })) as readonly Message[];
    this.#position = last?.id ?? "0-0";
    this.#number = Number(last?.message["number"] ?? 0);
  }

  /** Reads on until it fails. @param contact - as for the part of a connection. */
  async follow(reader: StoreClient, listener: LogListener, contact: (askedAt: number) => void): Promise<never> {
    for (;;) {
      const askedAt = performance.now();
      const messages = await this.#read(reader);
      let isGap = false;
      for (let start = 0; start < messages.length; start += MAX_TOLD) {
        const part = messages.slice(start, start + MAX_TOLD);
        for (const { id, message } of part) {
          const number = Number(message["number"]);
          if (number !== this.#number + 1) isGap = true;
          this.#position = id;
          this.#number = number;
        }
        await listener.onEntries(part.map(toEntry), reader);
        await setImmediate();
      }
      if (isGap) await listener.onGap(reader);
      contact(askedAt);
    }
  }

  async #read(reader: StoreClient): Promise<readonly Message[]> {
    const question = { key: this.#key, id: this.#position };
    const answer = await inTime(
      async () => await reader.xRead(question, { BLOCK: WAIT_MS, COUNT: MAX_READ }),
      WAIT_MS + ANSWER_MS,
    );
    return toMessages(answer);
  }
}

/** @throws Error where that is no answer of a store: asked again at once, it would say the same. */
function toMessages(answer: unknown): readonly Message[] {
  if (answer === null) return [];
  const messages: unknown = Array.isArray(answer) ? (answer as { messages?: unknown }[])[0]?.messages : undefined;
  if (Array.isArray(messages) && messages.length > 0 && messages.every(isMessage)) return messages;
  throw new Error("expected entries of the log of the cluster's store");
}

function isMessage(entry: unknown): entry is Message {
  if (typeof entry !== "object" || entry === null) return false;
  const { id, message } = entry as { id?: unknown; message?: unknown };
  return typeof id === "string" && typeof message === "object" && message !== null;
}

function toEntry({ message: { kind = "", id = "" } }: Message): LogEntry {
  return { kind, id };
}
