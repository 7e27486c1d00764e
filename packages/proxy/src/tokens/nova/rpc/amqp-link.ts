import type { Channel, ChannelModel, Options } from "amqplib";
import type { Duplex } from "node:stream";
import { inTime } from "../../../time/in-time.ts";
import type { BrokerLink, BrokerListener, BrokerMessage } from "./broker.ts";
import { boundMessages } from "./message-bound.ts";
import type { NovaRpcOptions } from "./options.ts";
import { uniqueId } from "./request.ts";

/** How long a queue for answers that was left behind is kept where nova.conf says for ever: the default, in seconds. */
const DEFAULT_TTL = 1800;

/** The longest time that RabbitMQ keeps an unused queue, in milliseconds. */
const MAX_TTL_MS = 2 ** 31 - 1;

/** How long a broker has to agree to the end of a connection, in milliseconds. */
export const CLOSING_MS = 2000;

/** The longest message that is received, in bytes: an answer takes a few hundred, one that was returned as many. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/**
 * Closes a connection, at once if the broker does not agree in time: amqplib would wait for it, even when the connection
 * is gone, and connect no more.
 */
export async function closeModel(model: ChannelModel): Promise<void> {
  try {
    await inTime(async () => await model.close(), CLOSING_MS);
  } catch (error) {
    await destroyModel(model, error as Error);
  }
}

/** Ends a connection at once. amqplib knows when this fulfils. */
async function destroyModel(model: ChannelModel, error: Error): Promise<void> {
  const { stream } = model.connection as unknown as { readonly stream: Duplex };
  if (stream.closed) return;
  const closed = new Promise((resolve) => stream.once("close", resolve));
  stream.destroy(error);
  await closed;
}

/** What a link needs to know. */
export interface LinkOptions {
  readonly rpc: NovaRpcOptions;
  readonly listener: BrokerListener;
}

/** One connection's channel and its queue for answers. If either is lost, the link closes the connection. */
export class AmqpLink implements BrokerLink {
  readonly replyQueue: string = `reply_${uniqueId()}`;
  readonly #model: ChannelModel;
  readonly #channel: Channel;
  readonly #exchange: string;
  /** Whether as many messages wait in this process as may. */
  #isFull = false;
  /** Why the link is of no use any more, if the broker said so. */
  #error: Error | undefined;

  private constructor(model: ChannelModel, channel: Channel, { rpc, listener }: LinkOptions) {
    this.#model = model;
    this.#channel = channel;
    this.#exchange = rpc.control_exchange;
    boundMessages(channel, MAX_MESSAGE_BYTES, (error) => {
      this.#error = error;
      void destroyModel(model, error);
    });
    channel.on("error", (error) => {
      this.#error = error;
    });
    channel.on("close", () => this.#closeModel());
    channel.on("drain", () => {
      this.#isFull = false;
    });
    channel.on("return", ({ properties }) => {
      listener.onReturned(String(properties.messageId));
    });
  }

  /** @throws Error when the broker refuses the queue. */
  static async open(model: ChannelModel, options: LinkOptions): Promise<AmqpLink> {
    // An error also ends the connection, which is reported; without a listener, it would end the process.
    model.on("error", () => {});
    const link = new AmqpLink(model, await model.createChannel(), options);
    await link.#channel.assertQueue(link.replyQueue, replyQueueOptions(options.rpc));
    const take = (message: { readonly content: Buffer } | null): void => {
      if (message === null) link.#lose(new Error("the broker removed the queue for answers"));
      else options.listener.onReply(message.content);
    };
    await link.#channel.consume(link.replyQueue, take, { noAck: true });
    return link;
  }

  /** Why the broker ended the link, if it said so. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Sends a message; the broker returns it if no queue takes it. */
  publish({ messageId, routingKey, content, expiration }: BrokerMessage): void {
    if (this.#isFull) throw new Error("the broker takes no more messages at the moment");
    this.#isFull = !this.#channel.publish(this.#exchange, routingKey, content, {
      mandatory: true,
      messageId,
      expiration,
      contentType: "application/json",
      contentEncoding: "utf-8",
    });
  }

  /** Removes the queue for answers, which may otherwise outlive the connection. */
  async deleteQueue(): Promise<void> {
    await this.#channel.deleteQueue(this.replyQueue);
  }

  /** Ends the connection at once. */
  async destroy(error: Error): Promise<void> {
    await destroyModel(this.#model, error);
  }

  #lose(error: Error): void {
    this.#error = error;
    this.#closeModel();
  }

  /** Does so later: a connection that is closing closes its channels first. */
  #closeModel(): void {
    queueMicrotask(() => void closeModel(this.#model));
  }
}

/**
 * A quorum queue if Nova uses them for answers, which needs a name and a lifetime of its own; else a queue that only this
 * connection has, which every broker accepts. The type is named since the broker's default may be another one.
 */
function replyQueueOptions(options: NovaRpcOptions): Options.AssertQueue {
  if (!options.rabbit_transient_quorum_queue) {
    return { exclusive: true, durable: false, arguments: { "x-queue-type": "classic" } };
  }
  const expires = Math.ceil(Math.min((options.rabbit_transient_queues_ttl || DEFAULT_TTL) * 1000, MAX_TTL_MS));
  return { durable: true, expires, arguments: { "x-queue-type": "quorum" } };
}
