import type * as Amqp from "amqplib";
import type { ChannelModel, Options, RecoveringChannelModel, SocketOptions } from "amqplib";
import { randomInt } from "node:crypto";
import type { ConnectionOptions } from "node:tls";
import { formatAddress } from "../../../net/address.ts";
import { inTime } from "../../../time/in-time.ts";
import { unlessAborted } from "../../../time/unless-aborted.ts";
import { AmqpLink, closeModel, CLOSING_MS } from "./amqp-link.ts";
import type { Broker, BrokerLink, BrokerListener } from "./broker.ts";
import type { NovaRpcOptions } from "./options.ts";
import { uniqueId } from "./request.ts";
import type { BrokerNode, TransportUrl } from "./transport-url.ts";

/** How long a node may take to accept a connection, in milliseconds. */
const CONNECT_MS = 3000;

/** How long the channel and the queue for answers may take, in milliseconds. */
const SET_UP_MS = 10_000;

/** The first and the longest delay until the next node is tried, in milliseconds. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;

/** The most that the protocol can say, in seconds. */
const MAX_HEARTBEAT_SECONDS = 65_535;

/** The longest frame that is accepted: RabbitMQ sends 128 KiB at most. */
const MAX_FRAME_BYTES = 1024 * 1024;

type Credentials = NonNullable<SocketOptions["credentials"]>;

/** What {@link AmqpBroker} is made with. */
export interface AmqpBrokerOptions {
  readonly amqp: Pick<typeof Amqp, "connect" | "credentials">;
  readonly rpc: NovaRpcOptions;
  readonly url: TransportUrl;
  readonly tls: ConnectionOptions | undefined;
  /** Index of the node that is tried first. @defaultValue any, so that gateways spread over the nodes */
  readonly first?: number | undefined;
  /** Test seam. @defaultValue 3 seconds */
  readonly connectMs?: number;
  /** Test seam. @defaultValue 10 seconds */
  readonly setUpMs?: number;
}

/**
 * A connection to one node of a RabbitMQ cluster, made when it is first needed, and again after each loss: to the next node
 * after 0.1 s, later after up to 5 s.
 *
 * Each connection has a queue for answers with a new name. If it kept its name, the broker could refuse it, or share out
 * the answers to a former connection whose loss it has not noticed.
 */
export class AmqpBroker implements Broker {
  readonly #options: AmqpBrokerOptions;
  readonly #listener: BrokerListener;
  /** What amqplib reads anew for each attempt. */
  readonly #target: Options.Connect;
  #index: number;
  #connection: Promise<RecoveringChannelModel> | undefined;
  #link: AmqpLink | undefined;
  /** Settles with the next link, or rejects when no node can be reached. */
  #next = deferredLink();
  /** Attempts in a row that failed. */
  #failures = 0;
  /** Why no node can be reached, once all were tried. */
  #failure: Error | undefined;
  /** Why the broker takes no messages. */
  #blocked: string | undefined;
  #isClosed = false;

  constructor(options: AmqpBrokerOptions, listener: BrokerListener) {
    const { url, rpc, tls } = options;
    this.#options = options;
    this.#listener = listener;
    this.#index = options.first ?? randomInt(url.nodes.length);
    this.#target = {
      protocol: tls === undefined ? "amqp" : "amqps",
      vhost: encodeURIComponent(url.virtualHost),
      heartbeat: Math.min(Math.ceil(rpc.heartbeat_timeout_threshold), MAX_HEARTBEAT_SECONDS),
      maxFrameSize: MAX_FRAME_BYTES,
    };
  }

  async ready(signal: AbortSignal): Promise<BrokerLink> {
    if (this.#isClosed) throw new Error("the connection to the broker is closed");
    await (this.#connection ??= this.#connect());
    if (this.#blocked !== undefined) throw new Error(`the broker takes no messages: ${this.#blocked}`);
    if (this.#link !== undefined) return this.#link;
    if (this.#failure !== undefined) throw this.#failure;
    return await unlessAborted(this.#next.promise, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const link = this.#link;
    this.#link = undefined;
    this.#next.reject(new Error("the connection to the broker is closed"));
    const connection = await this.#connection;
    const close = async (): Promise<void> => {
      await link?.deleteQueue().catch(() => {});
      await connection?.close();
    };
    await inTime(close, CLOSING_MS).catch(async (error: Error) => await link?.destroy(error));
  }

  get #node(): BrokerNode {
    const { nodes } = this.#options.url;
    return nodes[this.#index % nodes.length] ?? nodes[0];
  }

  async #connect(): Promise<RecoveringChannelModel> {
    const { amqp, tls } = this.#options;
    let link: AmqpLink | undefined;
    this.#aim();
    const connection = await amqp.connect(this.#target, {
      ...tls,
      timeout: this.#options.connectMs ?? CONNECT_MS,
      noDelay: true,
      keepAlive: true,
      credentials: this.#credentials(),
      clientProperties: { connection_name: `curfew:${process.pid}:${uniqueId()}` },
      recovery: {
        waitForConnect: false,
        initialDelay: FIRST_RETRY_MS,
        maxDelay: LAST_RETRY_MS,
        setup: async (model: ChannelModel) => {
          link = await this.#setUp(model);
        },
      },
    });
    connection.on("connect", () => this.#use(link));
    connection.on("connect-failed", (error) => this.#fail(error));
    connection.on("disconnect", (error) => this.#lose(error));
    // What follows an error is `disconnect`.
    connection.on("error", () => {});
    connection.on("blocked", (reason) => {
      this.#blocked = reason;
    });
    connection.on("unblocked", () => {
      this.#blocked = undefined;
    });
    return connection;
  }

  async #setUp(model: ChannelModel): Promise<AmqpLink> {
    const { rpc, setUpMs = SET_UP_MS } = this.#options;
    try {
      return await inTime(async () => await AmqpLink.open(model, { rpc, listener: this.#listener }), setUpMs);
    } catch (error) {
      await closeModel(model);
      throw error;
    }
  }

  #use(link: AmqpLink | undefined): void {
    if (link === undefined || this.#isClosed) return;
    this.#link = link;
    this.#failures = 0;
    this.#failure = undefined;
    this.#next.resolve(link);
  }

  #lose(error: Error): void {
    const cause = this.#link?.error ?? error;
    this.#link = undefined;
    this.#blocked = undefined;
    if (this.#isClosed) return;
    this.#next = deferredLink();
    this.#listener.onLost(this.#describe("the connection to RabbitMQ at", cause));
    this.#turn();
  }

  #fail(error: Error): void {
    if (this.#isClosed) return;
    this.#failures += 1;
    if (this.#failures >= this.#options.url.nodes.length) {
      this.#failure = this.#describe("cannot use RabbitMQ at", error);
      this.#next.reject(this.#failure);
      this.#next = deferredLink();
    }
    this.#turn();
  }

  #describe(what: string, cause: Error): Error {
    const { message, code } = cause as NodeJS.ErrnoException;
    // An AggregateError has no message: a name with several addresses, none of which answers.
    return new Error(`${what} ${formatAddress(this.#node)}: ${message === "" ? (code ?? cause.name) : message}`, {
      cause,
    });
  }

  /** Turns to the next node. */
  #turn(): void {
    this.#index += 1;
    this.#aim();
  }

  #aim(): void {
    const { host, port } = this.#node;
    Object.assign(this.#target, { hostname: host, port });
  }

  /** Those of the node that an attempt is for: amqplib asks for each. */
  #credentials(): Credentials {
    const { credentials } = this.#options.amqp;
    const mechanism = this.#options.rpc.rabbit_login_method;
    const current = (): Credentials => {
      const { username, password } = this.#node;
      if (mechanism === "EXTERNAL") return credentials.external();
      return mechanism === "PLAIN" ? credentials.plain(username, password) : credentials.amqplain(username, password);
    };
    return { mechanism, response: () => current().response() };
  }
}

function deferredLink(): PromiseWithResolvers<AmqpLink> {
  const deferred = Promise.withResolvers<AmqpLink>();
  // There may be no call that waits for it.
  deferred.promise.catch(() => {});
  return deferred;
}
