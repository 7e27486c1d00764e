import { logError, type Logger } from "../telemetry/log.ts";
import type { Grant } from "./grant.ts";
import type { FixedSourceOptions } from "./fixed-source.ts";
import type { DirectorySourceOptions } from "./files/directory-source.ts";
import type { FileSourceOptions } from "./files/file-source.ts";
import type { UnixDirectorySourceOptions } from "./files/unix-directory-source.ts";
import type { HttpSourceOptions } from "./http-source.ts";
import { inTime } from "../time/in-time.ts";
import type { JwtSourceOptions } from "./jwt/jwt-source.ts";
import type { ConsoleValidation, NovaSourceOptions } from "./nova/options.ts";
import type { NovaRpcOptions } from "./nova/rpc/options.ts";
import type { RedisSourceOptions } from "./redis-source.ts";
import type { FirstUses, ImmediateLookups, LookupContext, SingleUses, TokenSource } from "./source.ts";
import { IN_MEMORY } from "./sqlite/database.ts";
import { openDatabase, TokenReader } from "./sqlite/token-reader.ts";
import { SqliteTokenStore } from "./sqlite/token-store.ts";
import { isTokenStore, type TokenStore } from "./store.ts";

/** What the store is called in the log, the metrics and `/readyz`. */
export const STORE_NAME = "tokens.store";

/** How long a store or a source may take to close, in milliseconds. */
const CLOSE_MS = 5000;

/** How each type of store is opened, and how by a worker, which has the primary to ask. */
const STORES = {
  sqlite: {
    open: (path: string): TokenStore => new SqliteTokenStore(path),
    openInWorker: (path: string, primary: StoreInPrimary): LookupStore => {
      if (path === IN_MEMORY) return primary;
      const db = openDatabase(path);
      db.becomeReader();
      return new TokenReader(db, primary);
    },
  },
};

/** How each type of source is opened. A driver is imported here, so that only the gateways that use it load it. */
const SOURCES = {
  jwt: async (options: JwtSourceOptions): Promise<TokenSource> =>
    await (await import("./jwt/jwt-source.ts")).JwtTokenSource.open(options),
  file: async (options: FileSourceOptions): Promise<TokenSource> =>
    new (await import("./files/file-source.ts")).FileTokenSource(options),
  directory: async (options: DirectorySourceOptions): Promise<TokenSource> =>
    new (await import("./files/directory-source.ts")).DirectoryTokenSource(options),
  unix_directory: async (options: UnixDirectorySourceOptions): Promise<TokenSource> =>
    new (await import("./files/unix-directory-source.ts")).UnixDirectoryTokenSource(options),
  redis: async (options: RedisSourceOptions): Promise<TokenSource> =>
    new (await import("./redis-source.ts")).RedisTokenSource(options),
  http: async (options: HttpSourceOptions): Promise<TokenSource> =>
    new (await import("./http-source.ts")).HttpTokenSource(options),
  fixed: async (options: FixedSourceOptions): Promise<TokenSource> =>
    new (await import("./fixed-source.ts")).FixedTokenSource(options),
  nova: async (options: NovaSourceOptions, { nova }: TokenOptions): Promise<TokenSource> => {
    const validation = await openValidation(options, nova);
    return await (await import("./nova/nova-source.ts")).NovaTokenSource.open({ options, validation });
  },
};

/** The options of every type of source, each with its `type`. */
type SourceOptions = {
  readonly [Type in keyof typeof SOURCES]: { readonly type: Type } & Parameters<(typeof SOURCES)[Type]>[0];
}[keyof typeof SOURCES];

type Opener = (options: never, all: TokenOptions) => Promise<TokenSource>;

/** How consoles of Nova are validated before they open. */
export interface NovaOptions {
  readonly validate_console_port: "require" | "skip";
  readonly rpc: NovaRpcOptions;
}

/** The part of the configuration that names the store and the sources. */
export interface TokenOptions {
  readonly store: keyof typeof STORES;
  readonly path: string;
  readonly sources: readonly SourceOptions[];
  readonly nova: NovaOptions;
}

/** Looks up the tokens of a store, which may be in another process. */
export type LookupStore = TokenSource &
  Partial<FirstUses> &
  Partial<SingleUses> &
  Pick<TokenStore, "onRevoked"> & {
    /** Whether the sources are asked for a token while this one answers `server_busy`. @defaultValue false */
    readonly othersMayKnow?: boolean;
  };

/** In a worker: the store of the primary. */
export type StoreInPrimary = TokenSource & FirstUses & SingleUses;

/** A store or a source with its name for the log and for `/readyz`. */
export interface NamedSource {
  readonly name: string;
  readonly source: TokenSource;
}

/** Where a gateway looks tokens up: in the store, then in the sources in order. */
export interface OpenedTokens<Store extends LookupStore | undefined = LookupStore | undefined> {
  readonly store: Store;
  /**
   * Answers as the store does, but at once; undefined where the store cannot, or is a library user's own, whose `resolve`
   * may do more than that of the class that it extends.
   */
  readonly immediate?: ImmediateLookups | undefined;
  readonly sources: readonly NamedSource[];
}

/**
 * Opens the store and the sources of a configuration. The sources may still be opening when this returns; lookups wait
 * for that.
 *
 * @throws Error when the store cannot be opened.
 */
export function openTokens(options: TokenOptions): OpenedTokens<TokenStore> {
  const store = STORES[options.store].open(options.path);
  return { store, immediate: immediateLookups(store), sources: openSources(options) };
}

/**
 * Opens them in a worker.
 *
 * @param inPrimary - asks the primary, for a store that is in its memory, and for what a worker leaves to it.
 * @param around - puts something in place of the store, which has it.
 */
export function openTokensOfWorker(
  options: TokenOptions,
  inPrimary: StoreInPrimary,
  around: (store: LookupStore, inPrimary: StoreInPrimary) => LookupStore = (store) => store,
): OpenedTokens {
  const store = around(STORES[options.store].openInWorker(options.path, inPrimary), inPrimary);
  return { store, immediate: immediateLookups(store), sources: openSources(options) };
}

function immediateLookups(store: LookupStore & Partial<ImmediateLookups>): ImmediateLookups | undefined {
  return store.resolveNow === undefined ? undefined : (store as ImmediateLookups);
}

/** Opens the sources of a configuration behind the library user's own store or source, which is asked first. */
export function openTokensBehind(own: TokenSource, options: TokenOptions): OpenedTokens {
  const sources = openSources(options);
  return isTokenStore(own)
    ? { store: own, sources }
    : { store: undefined, sources: [{ name: "tokens", source: own }, ...sources] };
}

/**
 * Waits until the sources are open.
 *
 * @throws Error that names a source that cannot be opened.
 */
export async function whenOpen({ sources }: OpenedTokens): Promise<void> {
  for (const { source } of sources) if (source instanceof OpeningSource) await source.opened;
}

/**
 * Closes the store and the sources. What fails to close, or takes longer than five seconds, is logged and left.
 *
 * @param timeoutMs - test seam.
 */
export async function closeTokens(tokens: OpenedTokens, log: Logger, timeoutMs: number = CLOSE_MS): Promise<void> {
  const close = async ({ name, source }: NamedSource): Promise<void> => {
    try {
      await inTime(async () => await source.close?.(), timeoutMs);
    } catch (error) {
      logError(log, { level: "warn", error, name }, "not closed");
    }
  };
  await Promise.all(partsOf(tokens).map(close));
}

/** The store and the sources, each with its name. */
export function partsOf({ store, sources }: OpenedTokens): readonly NamedSource[] {
  return store === undefined ? sources : [{ name: STORE_NAME, source: store }, ...sources];
}

/**
 * Opens the sources of a configuration, or those of them that are not open already.
 *
 * @param reuse - a source that is open, by its place in the configuration.
 */
export function openSources(
  all: TokenOptions,
  reuse: (index: number) => TokenSource | undefined = () => undefined,
): readonly NamedSource[] {
  return all.sources.map((options: { readonly type: string }, index) => {
    const name = `tokens.sources.${index} (${options.type})`;
    return { name, source: reuse(index) ?? new OpeningSource(name, openSource(options, all)) };
  });
}

async function openSource(options: { readonly type: string }, all: TokenOptions): Promise<TokenSource> {
  const open = (SOURCES as Readonly<Record<string, Opener>>)[options.type];
  if (open === undefined) throw new Error(`there is no token source of the type ${options.type}`);
  return await open(options as never, all);
}

async function openValidation(
  source: NovaSourceOptions,
  { validate_console_port: validate, rpc }: NovaOptions,
): Promise<ConsoleValidation | undefined> {
  if (validate === "skip") return undefined;
  return await (await import("./nova/rpc/rpc-validation.ts")).RpcValidation.open(source, rpc);
}

/** A source that may still be opening. */
class OpeningSource implements TokenSource {
  /** Rejects with the source's name when it cannot be opened. */
  readonly opened: Promise<TokenSource>;

  constructor(name: string, opening: Promise<TokenSource>) {
    this.opened = opening.catch((cause: unknown) => {
      throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
    // Callers that wait for `opened` handle the rejection.
    this.opened.catch(() => {});
  }

  async resolve(token: string, context: LookupContext): Promise<Grant | undefined> {
    return await (await this.opened).resolve(token, context);
  }

  async health(signal: AbortSignal): Promise<void> {
    await (await this.opened).health?.(signal);
  }

  onProblem(listener: (problem: string) => void): void {
    this.opened.then((source) => source.onProblem?.(listener)).catch(() => {});
  }

  async close(): Promise<void> {
    const source = await this.opened.catch(() => undefined);
    await source?.close?.();
  }
}
