import type { MessageTable } from "../session.ts";
import type { StoreClient } from "./client.ts";

/** Messages over publish and subscribe. */
export class ValkeyMessageTable implements MessageTable {
  readonly #client: StoreClient;
  readonly #prefix: string;

  /** @param prefix - of all keys. */
  constructor(client: StoreClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  async send(gateway: string, message: string): Promise<boolean> {
    return (await this.#client.publish(this.#channelOf(gateway), message)) > 0;
  }

  async receive(gateway: string, listener: (message: string) => void): Promise<void> {
    await this.#client.subscribe(this.#channelOf(gateway), listener);
  }

  #channelOf(gateway: string): string {
    return `${this.#prefix}to:${gateway}`;
  }
}
