import type { Config } from "./config.ts";
import { valueAt } from "./merge.ts";
import { describeOptions } from "./schema.ts";

/** The options, or groups of them, that take effect while the gateway runs. All others need a restart. */
export const RELOADED: readonly string[] = [
  "connections.max",
  "connections.max_per_client",
  "connections.max_unauthenticated",
  "connections.max_unauthenticated_per_client",
  "connections.unauthenticated_timeout",
  "consoleauth",
  "sessions",
  "console.allowed_origins",
  "console.frame_ancestors",
  "console.opener_policy",
  "console.page",
  "console.start_page",
  "console.renew_paths",
  "console.contact_url",
  "console.clipboard",
  "console.clipboard_max_bytes",
  "targets",
  "tokens.sources",
  "nova.validate_console_port",
  "nova.rpc",
  "admin.key",
  "admin.keys",
  "log.level",
];

/** How a configuration differs from the one in use: the names of the options. */
export interface ConfigChanges {
  /** These take effect. */
  readonly applied: readonly string[];
  /** These do not, until the gateway is started again. */
  readonly needRestart: readonly string[];
}

/** What is different in `next`. */
export function changesOf(current: Config, next: Config): ConfigChanges {
  const changed = describeOptions()
    .map(({ path }) => path)
    .filter((path) => JSON.stringify(valueAt(current, path)) !== JSON.stringify(valueAt(next, path)));
  return {
    applied: changed.filter(isReloaded),
    needRestart: changed.filter((path) => !isReloaded(path)),
  };
}

/** The configuration in use, with what may change taken from `next`. */
export function reloadedConfig(current: Config, next: Config): Config {
  const { base_url, ssl_minimum_version, ssl_ciphers } = current.console;
  return {
    ...current,
    connections: { ...next.connections, ping_interval: current.connections.ping_interval },
    consoleauth: next.consoleauth,
    sessions: next.sessions,
    console: { ...next.console, base_url, ssl_minimum_version, ssl_ciphers },
    targets: next.targets,
    tokens: { ...current.tokens, sources: next.tokens.sources },
    nova: { ...next.nova, revalidate_interval: current.nova.revalidate_interval },
    admin: { ...current.admin, key: next.admin.key, keys: next.admin.keys },
    log: { ...current.log, level: next.log.level },
  };
}

function isReloaded(path: string): boolean {
  return RELOADED.some((each) => path === each || path.startsWith(`${each}.`));
}
