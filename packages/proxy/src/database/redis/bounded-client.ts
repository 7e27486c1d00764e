import { createClient, type RedisClientOptions, type RedisClientType } from "@redis/client";
import protocol from "@redis/client/dist/lib/RESP/decoder.js";
import { ReplyBound, type ReplyLimits } from "./reply-bound.ts";

/** A client of Redis or Valkey. Once it is destroyed, it does not connect any more. */
export type BoundedClient = RedisClientType;

/** How the replies to a client are read. */
export interface ReplyOptions extends ReplyLimits {
  /** Called when the server sends what no client can read, or too much: the connection has to be ended. */
  readonly onRefused: (error: Error) => void;
}

/** Those of the client that is being made. */
let options: ReplyOptions | undefined;

/** Reads replies as the library does, which has no bounds of its own, and no place to give it a reader. */
class BoundedDecoder extends protocol.Decoder {
  readonly #options: ReplyOptions | undefined = options;
  #bound: ReplyBound | undefined;

  constructor(...args: ConstructorParameters<typeof protocol.Decoder>) {
    super(...args);
    options = undefined;
    this.reset();
  }

  override reset(): void {
    super.reset();
    this.#bound = this.#options && new ReplyBound(this.#options);
  }

  override write(chunk: Buffer): void {
    try {
      this.#bound?.take(chunk);
      super.write(chunk);
    } catch (error) {
      if (this.#options === undefined) throw error;
      this.reset();
      this.#options.onRefused(error as Error);
    }
  }
}

Object.assign(protocol, { Decoder: BoundedDecoder });

/** Makes a client that refuses replies which are malformed or too large. */
export function createBoundedClient(of: RedisClientOptions, replies: ReplyOptions): BoundedClient {
  options = replies;
  const destroyed = new AbortController();
  const client = createClient({ ...of, socket: { ...of.socket, signal: destroyed.signal } } as RedisClientOptions);
  // Nothing else would tell that the library reads in another way.
  if (options !== undefined) throw new Error("expected the library for Redis to read replies with a bound");
  const destroy = client.destroy.bind(client);
  return Object.assign(client as BoundedClient, {
    destroy: (): void => {
      destroy();
      // The library would still wait for the connection that is being made, and then for the server's greeting.
      destroyed.abort();
    },
  });
}
