import { type LoadedConfig, parseWritten, readWritten } from "../config/load.ts";
import { isGroup, merge, valueAt, type Written } from "../config/merge.ts";
import { ConfigError, parseConfig } from "../config/schema.ts";
import { resolveListenHost } from "../net/resolve-listen-host.ts";
import type { ConsoleType } from "../tokens/grant.ts";
import type { WebsockifyCommand } from "./command-line.ts";
import { mapCommand } from "./mapping.ts";
import type { GivenOptions } from "./option-table.ts";

/** Where the configuration comes from. */
export interface WebsockifySources {
  readonly command: WebsockifyCommand;
  readonly options: GivenOptions;
  /** Where a wrapped command listens; undefined without one. */
  readonly commandPort: number | undefined;
  readonly consoleType: ConsoleType;
  /** `CURFEW_*` variables are Curfew's. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Curfew's own configuration, a YAML file. */
  readonly curfewConfig: string | undefined;
}

/**
 * Reads websockify's command line and Curfew's own configuration, which overrides only websockify's defaults.
 *
 * @throws ConfigError that names each wrong value and what was expected.
 */
export async function loadWebsockifyConfig(sources: WebsockifySources): Promise<LoadedConfig> {
  const { command, options, commandPort, consoleType, env, curfewConfig: file } = sources;
  const address = await listenAddress(command, options);
  const {
    defaults,
    flags,
    source,
    warnings: mapped,
  } = await mapCommand(command, options, {
    address,
    commandPort,
    consoleType,
  });
  const warnings = [...mapped];
  const written = await readWritten({ file, env, warn: (warning) => warnings.push(warning) });
  if (!isGroup(written)) return { config: parseConfig(written), warnings };
  const others: unknown = valueAt(written, "tokens.sources") ?? [];
  const all = Array.isArray(others) ? { tokens: { sources: [source, ...(others as readonly unknown[])] } } : {};
  const merged = [defaults as Written, written, flags as Written, all].reduce<Written>(merge, {});
  const config = parseWritten(merged, { file, env, flags });
  if (config.workers > 1 && ["--run-once", "--idle-timeout"].some((name) => options.has(name))) {
    throw new ConfigError([`workers: expected 1 with --run-once and --idle-timeout, but got ${config.workers}`]);
  }
  return { config, warnings };
}

async function listenAddress({ listen }: WebsockifyCommand, options: GivenOptions): Promise<string> {
  if (listen.type !== "tcp") return "";
  try {
    return await resolveListenHost(listen.host, options.has("--prefer-ipv6"));
  } catch (error) {
    throw new ConfigError([(error as Error).message]);
  }
}
