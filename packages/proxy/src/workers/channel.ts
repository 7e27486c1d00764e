import type { Worker } from "node:cluster";

/** How long the other side may take to answer, in milliseconds. */
const ANSWER_MS = 5000;

/** How each request is answered. */
export type Handlers<Request extends { readonly type: string }, Answers> = {
  readonly [Type in Request["type"] & keyof Answers]: (
    request: Extract<Request, { readonly type: Type }>,
  ) => Answers[Type] | Promise<Answers[Type]>;
};

type Envelope =
  | { readonly kind: "request"; readonly id: number; readonly request: { readonly type: string } }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly message: string };

interface Question {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The process on the other side has ended. */
export class ChannelClosed extends Error {
  override readonly name = "ChannelClosed";
}

/**
 * One side of the connection between the primary and a worker: asks, and answers what it is asked.
 * Messages arrive in the order in which they were sent.
 */
export class Channel<
  Asked extends { readonly type: string },
  Answers extends Record<Asked["type"], unknown>,
  Answered extends { readonly type: string },
  Given extends Record<Answered["type"], unknown>,
> {
  readonly #worker: Worker;
  readonly #questions = new Map<number, Question>();
  #lastId = 0;
  #handlers: Handlers<Answered, Given> | undefined;
  /** What was asked before there were handlers. */
  readonly #early: Extract<Envelope, { kind: "request" }>[] = [];
  #closed = false;

  /** @param worker - in the primary the worker, in a worker itself. */
  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (envelope: Envelope) => this.#take(envelope));
    worker.once("disconnect", () => this.close());
  }

  /** Whether the other side is gone. */
  get closed(): boolean {
    return this.#closed;
  }

  /** From now on requests are answered; those that came before, too. */
  handle(handlers: Handlers<Answered, Given>): void {
    this.#handlers = handlers;
    for (const envelope of this.#early.splice(0))
      void this.#answer(envelope.id, envelope.request as Answered, handlers);
  }

  /**
   * @throws ChannelClosed when the other side ends before it has answered.
   * @throws Error when it does not answer in time, or failed.
   */
  async ask<Request extends Asked>(request: Request): Promise<Answers[Request["type"]]> {
    if (this.#closed) throw new ChannelClosed(`nobody is left to answer "${request.type}"`);
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      this.#questions.delete(id);
      reject(
        new Error(`process ${this.#worker.process.pid} gave no answer to "${request.type}" within ${ANSWER_MS} ms`),
      );
    }, ANSWER_MS);
    this.#questions.set(id, { resolve, reject, timer });
    this.#send({ kind: "request", id, request });
    return (await promise) as Answers[Request["type"]];
  }

  /** Sends a request whose answer nobody waits for. */
  tell(request: Asked): void {
    this.#send({ kind: "request", id: 0, request });
  }

  /** The other side is gone: nothing of it is taken any more, and open questions fail. */
  close(): void {
    this.#closed = true;
    for (const { reject, timer } of this.#questions.values()) {
      clearTimeout(timer);
      reject(new ChannelClosed("the process has ended"));
    }
    this.#questions.clear();
  }

  #take(envelope: Envelope): void {
    if (this.#closed) return;
    if (envelope.kind === "request") {
      if (this.#handlers === undefined) this.#early.push(envelope);
      else void this.#answer(envelope.id, envelope.request as Answered, this.#handlers);
      return;
    }
    const question = this.#questions.get(envelope.id);
    if (question === undefined) return;
    this.#questions.delete(envelope.id);
    clearTimeout(question.timer);
    if (envelope.kind === "answer") question.resolve(envelope.answer);
    else question.reject(new Error(envelope.message));
  }

  async #answer(id: number, request: Answered, handlers: Handlers<Answered, Given>): Promise<void> {
    const handle = handlers[request.type as Answered["type"] & keyof Given] as (of: Answered) => unknown;
    try {
      const answer = await handle(request);
      if (id !== 0) this.#send({ kind: "answer", id, answer });
    } catch (error) {
      this.#send({ kind: "failure", id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  #send(envelope: Envelope): void {
    // With a callback a failure is no `error` event; that the other side is gone is learnt from `disconnect`.
    if (this.#worker.isConnected()) this.#worker.send(envelope, () => {});
  }
}
