import type { ConfigSources, LoadedConfig } from "../config/load.ts";
import { ConfigError } from "../config/schema.ts";
import { resolveListenHost } from "../net/resolve-listen-host.ts";
import { combine } from "./combine.ts";
import { ALL_OPTIONS } from "./definitions.ts";
import { mapOptions } from "./mapping.ts";
import { type NovaOptions, readNovaOptions } from "./options.ts";
import { Configuration, ConfValueError } from "./oslo/configuration.ts";
import { type Argument, type DefaultFolders, readLayers } from "./oslo/files.ts";
import { ConfFileError } from "./oslo/ini-file.ts";
import type { Service } from "./service.ts";
import { describeUnknownNames } from "./unknown-names.ts";

/** Where the configuration of a console proxy comes from. */
export interface NovaSources {
  readonly service: Service;
  /** In the order of the command line. */
  readonly args: readonly Argument[];
  /** `OS_*` variables are Nova's, `CURFEW_*` variables Curfew's. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Curfew's own configuration, a YAML file. */
  readonly curfewConfig: string | undefined;
  /** Whether Curfew's page is served in place of Nova's `web`. */
  readonly ownPage: boolean;
  /** What {@link readLayers} keeps from one reading to the next. @defaultValue nothing: this is the only one */
  readonly filled?: Set<string>;
  /** For Curfew's own configuration. */
  readonly refusesEmpty?: ConfigSources["refusesEmpty"];
  /** Test seam. */
  readonly folders?: DefaultFolders["folders"];
}

/** What {@link loadNovaConfig} reads. */
export interface NovaConfig extends LoadedConfig {
  /** Whether the proxy runs in the background. */
  readonly daemon: boolean;
}

/**
 * Reads nova.conf and Curfew's own configuration.
 *
 * @throws ConfigError naming the place of each wrong value and what was expected.
 */
export async function loadNovaConfig(sources: NovaSources): Promise<NovaConfig> {
  const { service, args, env, curfewConfig, ownPage, filled, refusesEmpty, folders } = sources;
  try {
    const layers = await readLayers(
      args,
      { program: service.program, ...(folders !== undefined && { folders }) },
      filled,
    );
    const configuration = new Configuration({ layers, env, options: ALL_OPTIONS });
    const options = readNovaOptions(configuration, service);
    const address = await resolveHost(options);
    const mapping = mapOptions(options, { configuration, service, address, ownPage });
    const warnings = [...mapping.warnings];
    const warn = (warning: string): number => warnings.push(warning);
    const config = await combine(mapping, { file: curfewConfig, env, refusesEmpty, warn });
    if (service.name === "spice" && config.workers > 1) {
      const why = "for SPICE consoles, all of whose connections have to reach one process";
      throw new ConfigError([`workers: expected 1 ${why}, but got ${config.workers}`]);
    }
    return {
      config,
      daemon: options.common.daemon === true,
      warnings: [...describeUnknownNames(configuration.assignments()), ...warnings],
    };
  } catch (error) {
    if (error instanceof ConfFileError || error instanceof ConfValueError) throw new ConfigError([error.message]);
    throw error;
  }
}

/** The address to listen at: `source_is_ipv6` prefers IPv6 where a name has both. */
async function resolveHost({ listener: { host }, common }: NovaOptions): Promise<string> {
  return await resolveListenHost(host, common.source_is_ipv6 === true).catch((error: Error) => {
    throw new ConfValueError(error.message);
  });
}
