import type { Config } from "../config/config.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { ConfigChanges } from "../config/reload.ts";
import { ConfigError } from "../config/schema.ts";
import { logError, type Logger } from "../telemetry/log.ts";
import { GatewayStopping } from "../tokens/replace-sources.ts";
import type { ServiceManager } from "./service-manager.ts";

/** What SIGHUP is for. */
interface Reloadable {
  readonly log: Logger;
  /** Opens files again that were moved. */
  reopenFiles(): void;
  reload(next: Config): Promise<ConfigChanges>;
}

/**
 * What SIGHUP does: moved files are opened again, and the configuration is read again. A wrong one changes nothing. While
 * one reload runs, one more waits.
 *
 * @param load - reads the configuration.
 */
export function createReload(
  gateway: Reloadable,
  load: () => Promise<LoadedConfig>,
  manager: Pick<ServiceManager, "tell">,
): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    manager.tell("reloading");
    do {
      again = false;
      await reload(gateway, load);
    } while (again);
    running = false;
    manager.tell("ready");
  };
  return () => {
    gateway.reopenFiles();
    again = true;
    if (!running) void run();
  };
}

async function reload(gateway: Reloadable, load: () => Promise<LoadedConfig>): Promise<void> {
  const { log } = gateway;
  try {
    const { config, warnings } = await load();
    const { applied, needRestart } = await gateway.reload(config);
    for (const warning of warnings) log.warn(warning);
    log.info({ changed: applied }, "SIGHUP: the configuration was read again");
    if (needRestart.length > 0) log.warn({ options: needRestart }, "changed options that need a restart");
  } catch (error) {
    if (error instanceof GatewayStopping)
      return log.info("SIGHUP: the configuration is not read again: the gateway stops");
    const problems = error instanceof ConfigError ? { problems: error.problems } : {};
    logError(
      log,
      { level: "error", error, ...problems },
      "SIGHUP: the configuration cannot be used; the old one stays",
    );
  }
}
