import { lookup, type LookupAddress, type LookupAllOptions } from "node:dns";
import { EndError } from "../end-reason.ts";

/**
 * How many names are looked up at once. Each takes a thread of libuv's pool until the resolver answers, which may be
 * half a minute; the command makes the pool twice as large, so that files are read and log lines written meanwhile.
 */
const MAX_RUNNING = 8;

/** How many further names may wait. */
const MAX_WAITING = 256;

type Callback = (error: Error | null, addresses: readonly LookupAddress[]) => void;

interface NameLookup {
  readonly name: string;
  readonly options: LookupAllOptions;
  readonly callbacks: Callback[];
}

/**
 * Looks names up as the system does (getaddrinfo: `/etc/hosts`, `nsswitch.conf`, mDNS), but only so many at once, and a
 * name that several sessions ask for at the same time only once.
 */
export class NameLookups {
  readonly #lookup: typeof lookup;
  /** Those that run or wait, by name and options, in order of arrival. */
  readonly #lookups = new Map<string, NameLookup>();
  #running = 0;
  readonly #waiting: NameLookup[] = [];

  /** @param resolve - test seam. */
  constructor(resolve: typeof lookup = lookup) {
    this.#lookup = resolve;
  }

  /**
   * Calls back with all addresses of a name, or with the system's error, or with an EndError `server_busy` when too many
   * names are being looked up.
   */
  resolve(name: string, { family, hints }: Pick<LookupAllOptions, "family" | "hints">, callback: Callback): void {
    const key = `${name} ${family} ${hints}`;
    const known = this.#lookups.get(key);
    if (known !== undefined) return void known.callbacks.push(callback);
    if (this.#running >= MAX_RUNNING && this.#waiting.length >= MAX_WAITING) {
      return callback(new EndError("server_busy", "the gateway looks too many names up"), []);
    }
    const options = {
      all: true,
      ...(family !== undefined && { family }),
      ...(hints !== undefined && { hints }),
    } as const;
    const made: NameLookup = { name, options, callbacks: [callback] };
    this.#lookups.set(key, made);
    if (this.#running < MAX_RUNNING) this.#start(key, made);
    else this.#waiting.push(made);
  }

  #start(key: string, { name, options, callbacks }: NameLookup): void {
    this.#running += 1;
    this.#lookup(name, options, (error, addresses) => {
      this.#running -= 1;
      this.#lookups.delete(key);
      this.#startNext();
      for (const callback of callbacks) callback(error, error === null ? addresses : []);
    });
  }

  #startNext(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) this.#start(`${next.name} ${next.options.family} ${next.options.hints}`, next);
  }
}
