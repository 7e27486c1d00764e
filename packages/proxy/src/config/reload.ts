import type { Config } from "./config.ts";
import { merge, nest, valueAt, type Written } from "./merge.ts";
import { describeOptions } from "./schema.ts";

/** The options, or groups of them, that take effect while the gateway runs. All others need a restart. */
export const RELOADED: readonly string[] = [
  "client_ca",
  "trusted_proxies",
  "connections.max",
  "connections.max_per_client",
  "connections.max_unauthenticated",
  "connections.max_unauthenticated_per_client",
  "connections.unauthenticated_timeout",
  "access",
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
  "vnc",
  "tokens.sources",
  "nova.validate_console_port",
  "nova.rpc",
  "cluster.peers",
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
  const taken = reloadedConfig(current, next);
  const changed = describeOptions()
    .map(({ path }) => path)
    .filter((path) => differs(path, current, next));
  return {
    applied: changed.filter((path) => !differs(path, taken, next)),
    needRestart: changed.filter((path) => differs(path, taken, next)),
  };
}

function differs(path: string, one: Config, other: Config): boolean {
  return JSON.stringify(valueAt(one, path)) !== JSON.stringify(valueAt(other, path));
}

/** The configuration in use, with what may change taken from `next`. */
export function reloadedConfig(current: Config, next: Config): Config {
  const changes = RELOADED.map((path) => nest(path, valueAt(next, path)));
  const all = [current as unknown as Written, ...changes].reduce(merge) as unknown as Config;
  const hasPeers = ({ cluster }: Config): boolean => cluster.peers.length > 0;
  // Whether a gateway has peers at all is settled when it starts.
  const taken = hasPeers(current) === hasPeers(next) ? all : { ...all, cluster: current.cluster };
  // Whether clients are asked for a certificate is settled when the gateway begins to listen. Until they are, none has a
  // name.
  if ((current.client_ca === null) === (next.client_ca === null)) return taken;
  const { client_names } = current.access;
  return { ...taken, client_ca: current.client_ca, access: { ...taken.access, client_names } };
}
