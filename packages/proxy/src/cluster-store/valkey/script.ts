import { createHash } from "node:crypto";
import { ErrorReply } from "@redis/client";
import type { StoreClient } from "./client.ts";

/** A program in Lua that the store runs at once, so that nothing comes between its steps. */
export class StoreScript {
  readonly #lua: string;
  readonly #sha1: string;

  constructor(lua: string) {
    this.#lua = lua;
    // How Redis names scripts; no secret hangs on it.
    this.#sha1 = createHash("sha1").update(lua).digest("hex");
  }

  /** Gives the store its text before it is needed, so that the commands of a connection keep their order. */
  async load(client: StoreClient): Promise<void> {
    await client.scriptLoad(this.#lua);
  }

  /** Runs it. The store keeps its text after the first time, until it starts anew. */
  async run(client: StoreClient, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const options = { keys: [...keys], arguments: [...args] };
    try {
      return await client.evalSha(this.#sha1, options);
    } catch (error) {
      if (!(error instanceof ErrorReply && error.message.startsWith("NOSCRIPT"))) throw error;
      return await client.eval(this.#lua, options);
    }
  }
}
