import type { Worker } from "node:cluster";
import type { ServerCloseReason } from "@curfew/protocol";
import { AnswerTimer } from "../time/answer-timer.ts";
import { EndError } from "../end-reason.ts";

/** How long the other process may take to answer, in milliseconds. */
export const ANSWER_MS = 5000;

/** How each request is answered. */
export type Handlers<Request extends { readonly type: string }, Answers> = {
  readonly [Type in Request["type"] & keyof Answers]: (
    request: Extract<Request, { readonly type: Type }>,
  ) => Answers[Type] | Promise<Answers[Type]>;
};

type Envelope =
  | { readonly kind: "request"; readonly id: number; readonly request: { readonly type: string } }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | {
      readonly kind: "failure";
      readonly id: number;
      readonly message: string;
      /** Of an `EndError`. */
      readonly reason?: ServerCloseReason | undefined;
    };

interface OpenRequest {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: AnswerTimer;
}

/** The other process has ended. */
export class ChannelClosed extends Error {
  override readonly name = "ChannelClosed";
}

/**
 * One side of the connection between the primary and a worker: sends requests, and answers those that it receives.
 * Messages arrive in the order in which they were sent.
 *
 * @typeParam Asked - the requests of this side.
 * @typeParam Answers - how the other side answers them.
 * @typeParam Answered - the requests of the other side.
 * @typeParam Given - how this side answers them.
 */
export class IpcChannel<
  Asked extends { readonly type: string },
  Answers extends Record<Asked["type"], unknown>,
  Answered extends { readonly type: string },
  Given extends Record<Answered["type"], unknown>,
> {
  readonly #worker: Worker;
  readonly #mayHang: () => boolean;
  readonly #open = new Map<number, OpenRequest>();
  #lastId = 0;
  #handlers: Handlers<Answered, Given> | undefined;
  /** Requests that came before there were handlers. */
  readonly #early: Extract<Envelope, { kind: "request" }>[] = [];
  #closed = false;

  /**
   * @param worker - in the primary, the worker; in a worker, itself.
   * @param mayHang - whether it is not known yet if the other process hangs, which would end it. @defaultValue never
   */
  constructor(worker: Worker, mayHang: () => boolean = () => false) {
    this.#worker = worker;
    this.#mayHang = mayHang;
    worker.on("message", (envelope: Envelope) => this.#receive(envelope));
    worker.once("disconnect", () => this.close());
  }

  /** Whether the other process has ended. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Answers requests from now on, including those that came before. */
  handle(handlers: Handlers<Answered, Given>): void {
    this.#handlers = handlers;
    for (const envelope of this.#early.splice(0))
      void this.#answer(envelope.id, envelope.request as Answered, handlers);
  }

  /**
   * @param timeoutMs - how long the other process may take, and once more if by then it is not known whether it hangs.
   *   @defaultValue 5000
   * @throws ChannelClosed when the other process ends before it answers.
   * @throws EndError when it fails with one.
   * @throws Error when it does not answer in time, or fails otherwise.
   */
  async ask<Request extends Asked>(request: Request, timeoutMs: number = ANSWER_MS): Promise<Answers[Request["type"]]> {
    if (this.#closed) throw new ChannelClosed(`the process has ended: "${request.type}" is not answered`);
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const wait = (isLast: boolean): AnswerTimer =>
      new AnswerTimer(() => {
        if (!isLast && this.#mayHang()) return void this.#open.set(id, { resolve, reject, timer: wait(true) });
        this.#open.delete(id);
        reject(new Error(`no answer to "${request.type}" within ${timeoutMs} ms`));
      }, timeoutMs);
    this.#open.set(id, { resolve, reject, timer: wait(false) });
    this.#send({ kind: "request", id, request });
    return (await promise) as Answers[Request["type"]];
  }

  /** Sends a request that needs no answer. */
  tell(request: Asked): void {
    this.#send({ kind: "request", id: 0, request });
  }

  /** Ignores what the other process still sends, because it has ended, and fails open requests. */
  close(): void {
    this.#closed = true;
    for (const { reject, timer } of this.#open.values()) {
      timer.cancel();
      reject(new ChannelClosed("the process has ended"));
    }
    this.#open.clear();
  }

  #receive(envelope: Envelope): void {
    if (this.#closed) return;
    if (envelope.kind === "request") {
      if (this.#handlers === undefined) this.#early.push(envelope);
      else void this.#answer(envelope.id, envelope.request as Answered, this.#handlers);
      return;
    }
    const open = this.#open.get(envelope.id);
    if (open === undefined) return;
    this.#open.delete(envelope.id);
    open.timer.cancel();
    if (envelope.kind === "answer") open.resolve(envelope.answer);
    else open.reject(toError(envelope));
  }

  async #answer(id: number, request: Answered, handlers: Handlers<Answered, Given>): Promise<void> {
    const handle = handlers[request.type as Answered["type"] & keyof Given] as (of: Answered) => unknown;
    try {
      const answer = await handle(request);
      if (id !== 0) this.#send({ kind: "answer", id, answer });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#send({ kind: "failure", id, message, reason: error instanceof EndError ? error.reason : undefined });
    }
  }

  #send(envelope: Envelope): void {
    // With a callback a failure emits no `error` event; the end of the other process is noticed by `disconnect`.
    if (this.#worker.isConnected()) this.#worker.send(envelope, () => {});
  }
}

function toError({ message, reason }: Extract<Envelope, { kind: "failure" }>): Error {
  return reason === undefined ? new Error(message) : new EndError(reason, message);
}
