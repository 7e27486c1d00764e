import { LOGIN_METHODS, type NovaRpcOptions } from "./options.ts";

/** The options that a transport URL may override, and how its text is read (`oslo_config.types`). */
const READERS: { readonly [Name in keyof NovaRpcOptions]?: (text: string) => NovaRpcOptions[Name] } = {
  rabbit_login_method: (text) => oneOf(text, LOGIN_METHODS),
  rabbit_transient_quorum_queue: flag,
  rabbit_transient_queues_ttl: seconds,
  heartbeat_timeout_threshold: seconds,
  ssl: flag,
  ssl_ca_file: path,
  ssl_cert_file: path,
  ssl_key_file: path,
  ssl_enforce_hostname_verification: flag,
};

/**
 * The options with those of the transport URL's query in place of their own. Other names in the query are for other
 * programs: all that share a broker may share a URL.
 *
 * @throws TypeError that names the option, its value and what was expected.
 */
export function withQueryOptions(options: NovaRpcOptions, query: ReadonlyMap<string, string>): NovaRpcOptions {
  const overrides = Object.entries(READERS).flatMap(([name, read]) => {
    const text = query.get(name);
    if (text === undefined) return [];
    try {
      return [[name, read(text)] as const];
    } catch (error) {
      throw new TypeError(`${name}: ${(error as Error).message}`, { cause: error });
    }
  });
  return { ...options, ...Object.fromEntries(overrides) };
}

function flag(text: string): boolean {
  if (/^(?:1|true|on|yes)$/i.test(text)) return true;
  if (/^(?:0|false|off|no)$/i.test(text)) return false;
  throw new TypeError(`expected true or false, but got ${JSON.stringify(text)}`);
}

function seconds(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new TypeError(`expected a number of seconds, but got ${JSON.stringify(text)}`);
}

function path(text: string): string {
  return text;
}

function oneOf<const T extends string>(text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new TypeError(`expected one of ${values.join(", ")}, but got ${JSON.stringify(text)}`);
}
