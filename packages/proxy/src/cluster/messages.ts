import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { inTime } from "../time/in-time.ts";
import {
  describeIssue,
  type GatewayAnswers,
  type GatewayRequest,
  type GatewayRequestType,
  schemas,
} from "./message-schemas.ts";

/** The most characters of a message. */
export const MAX_MESSAGE: number = 1024 * 1024;

/** How many questions may wait for answers, and how many of others may be being answered. */
const MAX_WAITING = 1000;

/** How this gateway answers the others. */
export type GatewayHandlers = {
  readonly [Type in GatewayRequestType]: (
    request: Extract<GatewayRequest, { readonly type: Type }>,
    /** Aborts when the answer is not needed any more. */
    signal: AbortSignal,
  ) => Promise<GatewayAnswers[Type]>;
};

/** What {@link GatewayMessages} are made with. */
export interface GatewayMessagesOptions {
  /** The id of this gateway. */
  readonly id: string;
  /** Sends a message to the gateway with this id; fulfils with whether it is there to receive it. */
  readonly send: (gateway: string, message: string) => Promise<boolean>;
  /** What was received that is not a message. */
  readonly onMalformed: (problem: string) => void;
}

/** How a question is asked. */
export interface AskOptions {
  /** How long the other gateway may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Withdraws the question. */
  readonly signal?: AbortSignal;
}

interface OpenQuestion {
  readonly gateway: string;
  readonly type: GatewayRequestType;
  readonly settle: PromiseWithResolvers<unknown>;
}

const envelope = v.variant("kind", [
  v.object({ kind: v.literal("request"), id: v.string(), from: v.string(), request: v.unknown() }),
  v.object({ kind: v.literal("withdrawal"), id: v.string(), from: v.string() }),
  v.object({ kind: v.literal("answer"), id: v.string(), from: v.string(), answer: v.unknown() }),
  v.object({ kind: v.literal("failure"), id: v.string(), from: v.string(), message: v.string() }),
]);

type Envelope = v.InferOutput<typeof envelope>;

/**
 * Questions to other gateways, and the answers to theirs. Messages may be lost, late, doubled or made up: each question
 * has a time limit and takes one answer, from the gateway that was asked, of the form that the question has.
 */
export class GatewayMessages {
  readonly #options: GatewayMessagesOptions;
  readonly #open = new Map<string, OpenQuestion>();
  /** By sender and id, what is being answered. */
  readonly #answering = new Map<string, AbortController>();
  #handlers: GatewayHandlers | undefined;

  constructor(options: GatewayMessagesOptions) {
    this.#options = options;
  }

  /** Answers questions from now on. */
  handle(handlers: GatewayHandlers): void {
    this.#handlers = handlers;
  }

  /** @throws Error when there is no answer in time, or none that can be used. */
  async ask<Type extends GatewayRequestType>(
    gateway: string,
    request: Extract<GatewayRequest, { readonly type: Type }>,
    { timeoutMs, signal }: AskOptions,
  ): Promise<GatewayAnswers[Type]> {
    if (this.#open.size >= MAX_WAITING) throw new Error(`${MAX_WAITING} questions to other gateways wait already`);
    const id = randomUUID();
    const settle = Promise.withResolvers<unknown>();
    settle.promise.catch(() => {});
    this.#open.set(id, { gateway, type: request.type, settle });
    const withdraw = (): void => {
      // One that is lost only leaves the question to its time limit.
      this.#send(gateway, { kind: "withdrawal", id, from: this.#options.id }).catch(() => {});
    };
    signal?.addEventListener("abort", withdraw, { once: true });
    try {
      return (await inTime(async () => {
        const isThere = await this.#send(gateway, { kind: "request", id, from: this.#options.id, request });
        if (!isThere) throw new Error("it is not connected to the cluster's store: it has stopped, or is cut off");
        return await settle.promise;
      }, timeoutMs)) as GatewayAnswers[Type];
    } finally {
      signal?.removeEventListener("abort", withdraw);
      this.#open.delete(id);
    }
  }

  /** Takes a message that has arrived. */
  receive(text: string): void {
    try {
      if (text.length > MAX_MESSAGE) throw new Error(`it has ${text.length} characters, and may have ${MAX_MESSAGE}`);
      this.#take(v.parse(envelope, JSON.parse(text)));
    } catch (error) {
      this.#options.onMalformed(error instanceof Error ? error.message : String(error));
    }
  }

  #take(message: Envelope): void {
    const key = `${message.from} ${message.id}`;
    if (message.kind === "request") return void this.#answer(key, message);
    if (message.kind === "withdrawal") return this.#answering.get(key)?.abort();
    const open = this.#open.get(message.id);
    // It is late, the second one, or of a gateway that was not asked.
    if (open === undefined || open.gateway !== message.from) return;
    this.#open.delete(message.id);
    if (message.kind === "failure") return open.settle.reject(new Error(message.message));
    const answer = v.safeParse(schemas[open.type].answer, message.answer);
    if (answer.success) open.settle.resolve(answer.output);
    else open.settle.reject(new Error(`its answer is malformed: ${describeIssue(answer.issues)}`));
  }

  async #answer(key: string, { id, from, request }: Extract<Envelope, { kind: "request" }>): Promise<void> {
    if (this.#answering.has(key)) return;
    const own = this.#options.id;
    const withdrawn = new AbortController();
    try {
      if (this.#answering.size >= MAX_WAITING) throw new Error(`it answers ${MAX_WAITING} questions already`);
      this.#answering.set(key, withdrawn);
      const answer = await this.#handle(request, withdrawn.signal);
      await this.#send(from, { kind: "answer", id, from: own, answer });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await this.#send(from, { kind: "failure", id, from: own, message }).catch(() => {});
    } finally {
      if (this.#answering.get(key) === withdrawn) this.#answering.delete(key);
    }
  }

  async #handle(request: unknown, signal: AbortSignal): Promise<unknown> {
    if (this.#handlers === undefined) throw new Error("it is starting");
    const { type } = v.parse(v.object({ type: v.picklist(REQUEST_TYPES, "unknown request") }), request);
    const parsed = v.safeParse(schemas[type].request, request);
    if (!parsed.success) throw new Error(`malformed request: ${describeIssue(parsed.issues)}`);
    const handle = this.#handlers[type] as (request: GatewayRequest, signal: AbortSignal) => Promise<unknown>;
    return await handle(parsed.output, signal);
  }

  async #send(gateway: string, message: Envelope): Promise<boolean> {
    const text = JSON.stringify(message);
    if (text.length > MAX_MESSAGE) throw new Error(`the message is too long: ${text.length} characters`);
    return await this.#options.send(gateway, text);
  }
}

const REQUEST_TYPES = Object.keys(schemas) as readonly GatewayRequestType[];
