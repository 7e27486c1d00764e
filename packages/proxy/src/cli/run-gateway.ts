import type { Config } from "../config/config.ts";
import { type LoadedConfig, secretVariables } from "../config/load.ts";
import type { ConfigChanges } from "../config/reload.ts";
import type { JoinedCluster } from "../cluster/joined-cluster.ts";
import type { Gateway } from "../gateway-types.ts";
import { exitSoon } from "../exit.ts";
import { watchClock } from "../telemetry/clock-steps.ts";
import type { EventObserver } from "../telemetry/events.ts";
import { handleHangup, logIgnoredSignals } from "../telemetry/ignored-signals.ts";
import { isJournal } from "../telemetry/journal.ts";
import { createLogger, type Logger, openLog } from "../telemetry/log.ts";
import { openTraces } from "../telemetry/traces/open.ts";
import { TracedGateway } from "../traced-gateway.ts";
import { surviveErrors } from "../telemetry/uncaught-errors.ts";
import { closeTokens, openSources, type OpenedTokens, openTokens } from "../tokens/open.ts";
import type { TokenStore } from "../tokens/store.ts";
import { BUILD } from "../version.ts";
import { CommandError } from "./command-error.ts";
import { print, printErrorLines } from "./output.ts";
import { createReload } from "./reload.ts";
import { ServiceManager } from "./service-manager.ts";
import { drainOnStopSignals } from "./stop-signals.ts";

type ServedProxy = Pick<Gateway, "adminKey" | "listen" | "drain"> & {
  /** With what was reloaded. */
  readonly config: Config;
  readonly log: Logger;
  /** Opens files again that were moved. */
  reopenFiles(): void;
  /** Takes what can be changed from another configuration. */
  reload(next: Config): Promise<ConfigChanges>;
};

/** A gateway that listens. */
export interface RunningGateway {
  readonly tokens: OpenedTokens<TokenStore>;
  /** Where browsers connect, as a URL without a path. */
  readonly url: string;
  readonly log: Logger;
  /**
   * Stops it, and ends the process.
   *
   * @param drainMs - how long running sessions may go on, in milliseconds. @defaultValue `sessions.drain_timeout`
   */
  readonly stop: (drainMs?: number) => void;
  /** Fulfilled when it has stopped. The process exits soon after. */
  readonly stopped: Promise<void>;
}

/**
 * Runs a gateway until SIGINT or SIGTERM, and prints where it listens. SIGHUP reads the configuration again.
 *
 * @param load - reads it, with the environment as it is at the start.
 * @param observers - hear of the events of a gateway without workers.
 * @param exitMs - how long the process may take to exit by itself once the gateway has stopped, in milliseconds.
 * @throws CommandError when it cannot start.
 */
export async function runGateway(
  { config, warnings }: LoadedConfig,
  load: () => Promise<LoadedConfig>,
  observers: readonly EventObserver[] = [],
  exitMs?: number,
): Promise<RunningGateway> {
  const manager = new ServiceManager(process.env);
  // What this process starts inherits its environment.
  for (const name of secretVariables()) delete process.env[name];
  const opened = await open(config);
  const { tokens } = opened;
  const proxy = await makeProxy(config, opened, observers).catch((error: Error) => {
    // A source that is being connected to would keep the process from exiting.
    void closeTokens(tokens, opened.log);
    throw new CommandError(error.message);
  });
  const { url, adminUrl } = await proxy.listen().catch((error: Error) => {
    throw new CommandError(error.message);
  });
  for (const warning of warnings) proxy.log.warn(warning);
  logIgnoredSignals(proxy.log);
  handleHangup(createReload(proxy, load, manager));
  surviveErrors(proxy.log);
  watchClock(proxy.log);
  const stopped = Promise.withResolvers<void>();
  const stop = createStop(proxy, manager, { stopped: stopped.resolve, exitMs });
  manager.ready(proxy.log);
  print(`curfew listens at ${config.unix_listen === null ? url : `unix:${config.unix_listen}`}`);
  print(`admin API at ${adminUrl}`);
  if (config.admin.socket !== null) print(`admin API at unix:${config.admin.socket}`);
  if (needsGeneratedKey(config.admin)) {
    // Others read the journal, too, and it keeps what it gets.
    if (isJournal(1)) print("admin key: not shown in the journal; set admin.key_file, admin.keys or admin.socket");
    else print(`admin key, shown only now: ${proxy.adminKey}`);
  }
  if (!config.consoleauth.enforce_session_timeout && config.tokens.from !== "none") {
    print("sessions outlive their tokens: consoleauth.enforce_session_timeout is off, as in Nova");
  }
  drainOnStopSignals(stop);
  return { tokens, url, log: proxy.log, stop, stopped: stopped.promise };
}

/** Whether nothing else lets an operator in. */
function needsGeneratedKey({ key, keys, socket }: Config["admin"]): boolean {
  return key === null && keys.length === 0 && socket === null;
}

/** One process, or the one that leads the workers. */
async function makeProxy(config: Config, opened: Opened, observers: readonly EventObserver[]): Promise<ServedProxy> {
  if (config.workers === 1) {
    const traces = await openTraces(process.env, opened.log);
    return new TracedGateway(config, { ...opened, observers, traces });
  }
  const { Primary } = await import("../primary.ts");
  return new Primary(config, opened);
}

/** What a gateway is made with. */
interface Opened {
  readonly log: Logger;
  readonly tokens: OpenedTokens<TokenStore>;
  /** Undefined for a gateway of its own. */
  readonly cluster: JoinedCluster | undefined;
}

/** @throws CommandError naming what cannot be opened. */
async function open(config: Config): Promise<Opened> {
  const { tokens, nova, cluster, sessions } = config;
  try {
    const log = createLogger(config.log.level, openLog(config.log, config.workers > 1));
    // The first line, also where a warning or an error follows, and not only of a start that succeeds.
    log.info(BUILD, "starting");
    const { store, peers } = cluster;
    if (peers.length > 0) return await openWithPeers(config, log);
    if (store === null) return { log, tokens: openTokens({ ...tokens, nova }), cluster: undefined };
    const { GatewayCluster } = await import("../cluster/gateway-cluster.ts");
    const shared = new GatewayCluster({ ...cluster, store }, sessions, log);
    return { log, tokens: { store: shared.store, sources: openSources({ ...tokens, nova }) }, cluster: shared };
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

async function openWithPeers({ tokens, nova, cluster }: Config, log: Logger): Promise<Opened> {
  const { PeerCluster } = await import("../cluster/peers/peer-cluster.ts");
  const shared = new PeerCluster({ settings: cluster, tokensPath: tokens.path, log });
  const { store } = shared;
  return { log, tokens: { store, immediate: store, sources: openSources({ ...tokens, nova }) }, cluster: shared };
}

function createStop(
  proxy: ServedProxy,
  manager: ServiceManager,
  { stopped, exitMs }: { readonly stopped: () => void; readonly exitMs: number | undefined },
): (drainMs?: number) => void {
  return (drainMs) => {
    manager.stopping(drainMs ?? proxy.config.sessions.drain_timeout * 1000);
    const drained = proxy.drain(drainMs).catch((error: unknown) => {
      printErrorLines(`curfew: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    });
    void drained
      .then(() => manager.close())
      .then(() => exitSoon(exitMs))
      .then(stopped);
  };
}
