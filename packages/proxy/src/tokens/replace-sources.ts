import { logError, type Logger } from "../telemetry/log.ts";
import { closeTokens, type NamedSource, openSources, type TokenOptions, whenOpen } from "./open.ts";

/** How often it is looked whether replaced sources are still needed, in milliseconds. */
const LOOK_MS = 10_000;

/** The token sources after a change of the configuration. */
export interface ReplacedSources {
  readonly sources: readonly NamedSource[];
  /** Those that are asked no more. */
  readonly left: readonly NamedSource[];
  /** Those that were opened. */
  readonly made: readonly NamedSource[];
}

/**
 * Opens the sources of a changed configuration. Those whose options are the same stay open.
 *
 * @param current - the sources in use; those that no configuration names stay.
 * @throws Error that names a source that cannot be opened; nothing has changed then.
 */
export async function replaceSources(
  current: readonly NamedSource[],
  before: TokenOptions,
  next: TokenOptions,
  log: Logger,
): Promise<ReplacedSources> {
  const own = current.slice(0, current.length - before.sources.length);
  const configured = current.slice(own.length);
  const isSame = JSON.stringify(before.nova) === JSON.stringify(next.nova);
  const kept = new Set<NamedSource>();
  const reuse = (options: unknown): NamedSource | undefined => {
    const index = before.sources.findIndex(
      (each, place) =>
        isSame && JSON.stringify(each) === JSON.stringify(options) && !kept.has(configured[place] as NamedSource),
    );
    const found = configured[index];
    if (found !== undefined) kept.add(found);
    return found;
  };
  const reused = next.sources.map(reuse);
  const opened = openSources(next, (index) => reused[index]?.source);
  const made = opened.filter((_, index) => reused[index] === undefined);
  try {
    await whenOpen({ store: undefined, sources: made });
  } catch (error) {
    await closeTokens({ store: undefined, sources: made }, log);
    throw error;
  }
  return { sources: [...own, ...opened], left: configured.filter((each) => !kept.has(each)), made };
}

/** A configuration comes too late: the gateway has closed what it would change. */
export class GatewayStopping extends Error {
  override readonly name = "GatewayStopping";

  constructor() {
    super("the gateway is stopping");
  }
}

/**
 * Gives up sources that were opened for a gateway that has closed its own meanwhile.
 *
 * @throws GatewayStopping always, for what wanted to change them.
 */
export async function giveUpSources({ made }: ReplacedSources, log: Logger): Promise<never> {
  await closeTokens({ store: undefined, sources: made }, log);
  throw new GatewayStopping();
}

/**
 * Token sources that are asked no more. They stay open until the sessions that may have come from them have ended, whose
 * grants they can still be asked about.
 */
export class LeftSources {
  readonly #log: Logger;
  readonly #oldestSession: () => number;
  readonly #left = new Map<readonly NamedSource[], number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param oldestSession - when the oldest running session began, in milliseconds since the epoch; else Infinity. */
  constructor(log: Logger, oldestSession: () => number) {
    this.#log = log;
    this.#oldestSession = oldestSession;
  }

  /** @param now - in milliseconds since the epoch. */
  add(sources: readonly NamedSource[], now: number): void {
    if (sources.length === 0) return;
    this.#left.set(sources, now);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Closes all of them. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#left.keys()].map((sources) => closeTokens({ store: undefined, sources }, this.#log)));
  }

  #look(): void {
    const oldest = this.#oldestSession();
    for (const [sources, since] of this.#left) {
      if (oldest <= since) continue;
      this.#left.delete(sources);
      closeTokens({ store: undefined, sources }, this.#log).catch((error: unknown) =>
        logError(this.#log, { level: "warn", error }, "not closed"),
      );
    }
    if (this.#left.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
