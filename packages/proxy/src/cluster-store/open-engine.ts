import { parseDatabaseUrl } from "../database/database-url.ts";
import type { StoreEngine } from "./engine.ts";
import { isDatabaseUrl } from "./store-url.ts";
import { parseStoreUrl } from "./valkey/store-url.ts";

/** What a store is used with. */
export interface EngineOptions {
  /** Begins all names in the store, so that several clusters can share a server. */
  readonly prefix: string;
  /** PEM text of the authorities of the server's certificate. @defaultValue those of Node, or as a database's URL says */
  readonly ca: string | undefined;
}

/**
 * The store of a URL. Its driver is loaded with the first connection.
 *
 * @throws TypeError saying what was expected of the URL.
 */
export function createEngine(url: string, options: EngineOptions): StoreEngine {
  if (isDatabaseUrl(url)) {
    const settings = parseDatabaseUrl(url);
    return {
      open: async (context) => await (await import("./sql/open.ts")).openSql({ settings, ...options }, context),
    };
  }
  const address = parseStoreUrl(url);
  return {
    open: async (context) => await (await import("./valkey/open.ts")).openValkey({ address, ...options }, context),
  };
}
