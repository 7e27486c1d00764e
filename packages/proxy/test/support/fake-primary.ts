import type { Worker } from "node:cluster";
import { EventEmitter } from "node:events";
import type { ConfigInput } from "../../src/index.ts";
import { parseConfig } from "../../src/config/schema.ts";
import { runWorker } from "../../src/worker.ts";

interface Sent {
  readonly kind: string;
  readonly id: number;
  readonly answer?: unknown;
  readonly request?: { readonly type: string; readonly url?: string };
}

/** A primary whose every answer the test gives, with a worker in this process. */
export class FakePrimary extends EventEmitter implements AsyncDisposable {
  /** What a worker's own process is called. */
  readonly process = { pid: process.pid };
  /** Where the worker listens. */
  readonly url: string = "";
  readonly #sent: Sent[] = [];
  #lastId = 0;

  static async start(config: ConfigInput): Promise<FakePrimary> {
    const primary = await FakePrimary.startWorker(config);
    await primary.answer("unwritten_revocations", []);
    await primary.answer("locks", []);
    const { request } = await primary.asked("listening");
    return Object.assign(primary, { url: request?.url ?? "" });
  }

  /** The same, of which the worker knows only its configuration. */
  static async startWorker(config: ConfigInput): Promise<FakePrimary> {
    const primary = new FakePrimary();
    void runWorker(primary as unknown as Worker, () => {});
    const settings = parseConfig({
      listen: "127.0.0.1:0",
      tokens: { path: ":memory:" },
      log: { level: "silent" },
      ...config,
    });
    await primary.answer("settings", { config: settings, ticketSecret: "c2VjcmV0" });
    return primary;
  }

  /** The types of the requests so far. */
  get requests(): readonly string[] {
    return this.#sent.flatMap(({ request }) => request?.type ?? []);
  }

  /** The worker's request of a type, by default the first. */
  async asked(type: string, number = 0): Promise<Sent> {
    for (;;) {
      const found = this.#sent.filter(({ request }) => request?.type === type)[number];
      if (found !== undefined) return found;
      await new Promise((resolve) => this.once("sent", resolve));
    }
  }

  /** Answers the request of a type, by default the first. */
  async answer(type: string, answer: unknown, number = 0): Promise<void> {
    this.reply(await this.asked(type, number), answer);
  }

  /** Answers a request. */
  reply({ id }: Sent, answer: unknown): void {
    this.emit("message", { kind: "answer", id, answer });
  }

  /** Says that a request cannot be answered. */
  fail({ id }: Sent, message: string): void {
    this.emit("message", { kind: "failure", id, message });
  }

  /** Asks the worker for something. */
  tell(request: object): void {
    this.emit("message", { kind: "request", id: 0, request });
  }

  /** Asks the worker for something, and waits for its answer. */
  async ask(request: object): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.emit("message", { kind: "request", id, request });
    for (;;) {
      const found = this.#sent.find((sent) => sent.kind === "answer" && sent.id === id);
      if (found !== undefined) return found.answer;
      await new Promise((resolve) => this.once("sent", resolve));
    }
  }

  /** For the worker, which takes this for its connection to the primary. */
  send(message: Sent): void {
    this.#sent.push(message);
    this.emit("sent");
  }

  /** As {@link send}. */
  isConnected(): boolean {
    return true;
  }

  /** As {@link send}; the worker has drained. */
  disconnect(): void {
    this.emit("left");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = new Promise((resolve) => this.once("left", resolve));
    this.tell({ type: "drain", timeoutMs: 0 });
    await left;
  }
}
