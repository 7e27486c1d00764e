import { AnswerTimer } from "../../../time/answer-timer.ts";
import type { Broker, BrokerListener } from "./broker.ts";
import { parseReply, type Reply } from "./reply.ts";
import { type RequestIds, uniqueId } from "./request.ts";

/** How many requests may wait for their answers in one process. */
const MAX_PENDING = 1024;

/** A call of a method of nova-compute. */
export interface RpcCall {
  /** The queue of the compute service, such as `compute.host1`. */
  readonly routingKey: string;
  readonly content: (ids: RequestIds) => Buffer;
  /** Milliseconds until the call fails. */
  readonly timeoutMs: number;
  /** Gives the call up. */
  readonly signal: AbortSignal;
}

interface Pending {
  readonly routingKey: string;
  readonly settle: (reply: Reply | Error) => void;
}

/** Calls methods over a broker: requests by id, until each is answered, returned, late or given up. */
export class RpcClient implements BrokerListener {
  readonly #broker: Broker;
  readonly #pending = new Map<string, Pending>();

  /** @param connect - makes the broker, which reports to this client. */
  constructor(connect: (listener: BrokerListener) => Broker) {
    this.#broker = connect(this);
  }

  /** How many requests wait for their answers. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * The result of a call.
   *
   * @throws RemoteError when the method raised an exception.
   * @throws Error when there is no answer: the broker is away, no service listens, the time is up, too many calls wait, or
   *   the call was given up.
   */
  async call(call: RpcCall): Promise<unknown> {
    const { routingKey, timeoutMs, signal } = call;
    signal.throwIfAborted();
    if (this.#pending.size >= MAX_PENDING) throw new Error("too many requests to nova-compute are waiting");
    const messageId = uniqueId();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const settle = (reply: Reply | Error): void => {
      if (!this.#pending.delete(messageId)) return;
      timer.cancel();
      signal.removeEventListener("abort", onAbort);
      if (reply instanceof Error) reject(reply);
      else if (reply.failure !== undefined) reject(reply.failure);
      else resolve(reply.result);
    };
    const late = (): void => settle(new Error(`no answer from ${routingKey} within ${timeoutMs} ms`));
    const timer = new AnswerTimer(late, timeoutMs);
    const onAbort = (): void => settle(signal.reason as Error);
    signal.addEventListener("abort", onAbort);
    this.#pending.set(messageId, { routingKey, settle });
    this.#send(messageId, call).catch(settle);
    return await promise;
  }

  async #send(messageId: string, { routingKey, content, timeoutMs, signal }: RpcCall): Promise<void> {
    const link = await this.#broker.ready(signal);
    // Over meanwhile: while the broker connects, the time may be up.
    if (!this.#pending.has(messageId)) return;
    link.publish({
      messageId,
      routingKey,
      content: content({ messageId, replyQueue: link.replyQueue }),
      expiration: timeoutMs,
    });
  }

  /** @throws Error while calls would fail. */
  async health(signal: AbortSignal): Promise<void> {
    await this.#broker.ready(signal);
  }

  async close(): Promise<void> {
    this.#failAll(new Error("the connection to the broker is closed"));
    await this.#broker.close();
  }

  onReply(content: Buffer): void {
    const reply = parseReply(content);
    // An answer that comes late or twice has no request any more.
    if (reply !== undefined) this.#pending.get(reply.messageId)?.settle(reply);
  }

  onReturned(messageId: string): void {
    const request = this.#pending.get(messageId);
    request?.settle(new Error(`no nova-compute listens at ${request.routingKey}`));
  }

  onLost(error: Error): void {
    this.#failAll(error);
  }

  #failAll(error: Error): void {
    for (const { settle } of this.#pending.values()) settle(error);
  }
}
