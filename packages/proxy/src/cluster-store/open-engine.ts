import type { StoreEngine } from "./engine.ts";
import { parseStoreUrl } from "./valkey/store-url.ts";

/** What a store is used with. */
export interface EngineOptions {
  /** Begins all names in the store, so that several clusters can share a server. */
  readonly prefix: string;
  /** PEM text of the authorities of the server's certificate. @defaultValue those of Node */
  readonly ca: string | undefined;
}

/**
 * The store of a URL. Its driver is loaded with the first connection.
 *
 * @throws TypeError saying what was expected of the URL.
 */
export function createEngine(url: string, options: EngineOptions): StoreEngine {
  const address = parseStoreUrl(url);
  return {
    open: async (context) => {
      const { openValkey } = await import("./valkey/open.ts");
      return await openValkey({ address, ...options }, context);
    },
  };
}
