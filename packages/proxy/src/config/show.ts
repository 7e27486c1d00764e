import { formatAddress } from "../net/address.ts";
import type { Config } from "./config.ts";
import { isGroup, merge, nest, valueAt, type Written } from "./merge.ts";
import type { OptionDescription } from "./option-schema.ts";
import { describeOptions } from "./schema.ts";
import { describeTokenSources } from "./token-sources.ts";

/** What is shown in place of a secret. */
const HIDDEN = "[hidden]";

/** Every option as it would be written in a file, with the defaults and without the secrets. */
export function showConfig(config: Config): Written {
  return describeOptions()
    .map((option) => nest(option.path, show(option, valueAt(config, option.path))))
    .reduce(merge, {});
}

function show({ path, isSecret }: OptionDescription, value: unknown): unknown {
  if (path === "tokens.sources") return (value as Config["tokens"]["sources"]).map(showSource);
  if (path === "admin.keys") return (value as Config["admin"]["keys"]).map((key) => ({ ...key, sha256: HIDDEN }));
  if (path === "cluster.peers") return (value as Config["cluster"]["peers"]).map((peer) => ({ ...peer, key: HIDDEN }));
  if (isSecret) return value === null ? null : HIDDEN;
  return isGroup(value) && "port" in value ? formatAddress(value as unknown as Config["listen"]) : value;
}

function showSource(source: Config["tokens"]["sources"][number]): Written {
  const secrets = (describeTokenSources()[source.type] ?? [])
    .filter(({ isSecret }) => isSecret)
    .map(({ path }) => [path, HIDDEN] as const)
    .filter(([path]) => valueAt(source, path) !== null);
  return { ...source, ...Object.fromEntries(secrets) };
}
