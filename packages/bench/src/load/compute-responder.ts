import * as amqp from "amqplib";
import { randomUUID } from "node:crypto";

/** Where nova-compute listens: exchange, and a queue for each topic and host. */
const EXCHANGE = "nova";

/** The request, as far as the answer needs it: the inner part of oslo.messaging's envelope. */
interface Request {
  readonly _msg_id: string;
  readonly _reply_q: string;
}

/**
 * Answers `validate_console_port` with true, as fast as a program can: oslo.messaging's own responder in Python takes longer
 * for an answer than the gateway for a whole session.
 */
export class ComputeResponder implements AsyncDisposable {
  readonly #connection: amqp.ChannelModel;
  readonly #queue: string;
  #answers = 0;

  private constructor(connection: amqp.ChannelModel, queue: string) {
    this.#connection = connection;
    this.#queue = queue;
  }

  /** @param url - of the broker, as `amqp://user:password@host:port/`. */
  static async start(url: string, host: string): Promise<ComputeResponder> {
    const connection = await amqp.connect(url, { noDelay: true });
    const responder = new ComputeResponder(connection, `compute.${host}`);
    const channel = await connection.createChannel();
    await channel.assertExchange(EXCHANGE, "topic", { durable: false });
    await channel.assertQueue(responder.#queue, { durable: false });
    await channel.bindQueue(responder.#queue, EXCHANGE, responder.#queue);
    const answer = (message: amqp.ConsumeMessage | null): void => {
      if (message === null) return;
      responder.#answers += 1;
      const { _msg_id, _reply_q } = open(message.content);
      channel.publish(
        "",
        _reply_q,
        seal({ result: true, failure: null, ending: true, _msg_id, _unique_id: randomUUID() }),
      );
    };
    await channel.consume(responder.#queue, answer, { noAck: true });
    return responder;
  }

  /** How many requests it has answered. */
  get answers(): number {
    return this.#answers;
  }

  /**
   * How many requests a second the broker and this responder answer when nothing else is to be done.
   *
   * @param parallel - requests that wait for their answers at any time.
   */
  async rate(parallel: number, milliseconds: number): Promise<number> {
    const channel = await this.#connection.createChannel();
    const { queue } = await channel.assertQueue("", { exclusive: true });
    let count = 0;
    const ask = (): void => {
      channel.publish(
        EXCHANGE,
        this.#queue,
        seal({ _msg_id: randomUUID(), _reply_q: queue, method: "validate_console_port" }),
      );
    };
    const { promise, resolve } = Promise.withResolvers<number>();
    const start = performance.now();
    await channel.consume(
      queue,
      () => {
        count += 1;
        const elapsed = performance.now() - start;
        if (elapsed < milliseconds) ask();
        else resolve((count / elapsed) * 1000);
      },
      { noAck: true },
    );
    for (let index = 0; index < parallel; index++) ask();
    const rate = await promise;
    await channel.close();
    return rate;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }
}

function seal(message: object): Buffer {
  return Buffer.from(JSON.stringify({ "oslo.version": "2.0", "oslo.message": JSON.stringify(message) }));
}

function open(content: Buffer): Request {
  const envelope = JSON.parse(content.toString()) as { readonly "oslo.message": string };
  return JSON.parse(envelope["oslo.message"]) as Request;
}
