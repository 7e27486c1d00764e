import { LOG_READ } from "../bounds.ts";
import type { ChangeLog, LogEntry } from "../session.ts";
import type { StoreClient } from "./client.ts";

interface Message {
  readonly id: string;
  readonly message: Readonly<Record<string, string>>;
}

/** The log as a stream. */
export class ValkeyChangeLog implements ChangeLog {
  readonly #client: StoreClient;
  readonly #key: string;

  constructor(client: StoreClient, key: string) {
    this.#client = client;
    this.#key = key;
  }

  async last(): Promise<Pick<LogEntry, "number" | "position">> {
    const [last] = (await this.#client.xRevRange(this.#key, "+", "-", { COUNT: 1 })) as readonly Message[];
    return { position: last?.id ?? "0-0", number: Number(last?.message["number"] ?? 0) };
  }

  async read(position: string, waitMs: number): Promise<readonly LogEntry[]> {
    const question = { key: this.#key, id: position };
    // To block for 0 ms would be to wait for ever.
    const options = { COUNT: LOG_READ, ...(waitMs > 0 && { BLOCK: waitMs }) };
    return toMessages(await this.#client.xRead(question, options)).map(toEntry);
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

function toEntry({ id: position, message: { number, kind = "", id = "" } }: Message): LogEntry {
  return { kind, id, number: Number(number), position };
}
