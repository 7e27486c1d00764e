import type { Config } from "../config/config.ts";
import { secretVariables } from "../config/load.ts";
import { LocalGateway } from "../gateway.ts";
import type { Gateway } from "../gateway-types.ts";
import { handleHangup, logIgnoredSignals } from "../telemetry/ignored-signals.ts";
import { type Logger, openLog } from "../telemetry/log.ts";
import { surviveErrors } from "../telemetry/uncaught-errors.ts";
import { type OpenedTokens, openTokens } from "../tokens/open.ts";
import type { TokenStore } from "../tokens/store.ts";
import { CommandError } from "./command-error.ts";
import { print, printErrorLines } from "./output.ts";

/** How long after everything was closed the process may take to exit by itself, in milliseconds. */
const EXIT_MS = 2000;

/** What Node calls requests that a thread of libuv's pool works on. */
const WORK_OF_THREADS = /^(?:FSReq|GetAddrInfoReq)/;

type ServedProxy = Pick<Gateway, "adminKey" | "listen" | "drain"> & {
  readonly log: Logger;
  /** Opens files again that were moved. */
  reopenFiles(): void;
};

/** A gateway that listens. */
export interface RunningGateway {
  readonly tokens: OpenedTokens<TokenStore>;
  /** Where browsers connect, as a URL without a path. */
  readonly url: string;
  readonly log: Logger;
}

/**
 * Runs a gateway until SIGINT or SIGTERM, and prints where it listens.
 *
 * @throws CommandError when it cannot start.
 */
export async function runGateway(config: Config): Promise<RunningGateway> {
  // What this process starts inherits its environment.
  for (const name of secretVariables()) delete process.env[name];
  const tokens = open(config);
  const proxy = await makeProxy(config, tokens).catch((error: Error) => {
    throw new CommandError(error.message);
  });
  const { url, adminUrl } = await proxy.listen().catch((error: Error) => {
    throw new CommandError(error.message);
  });
  logIgnoredSignals(proxy.log);
  if (config.audit.path !== null) handleHangup(() => reopenFiles(proxy));
  surviveErrors(proxy.log);
  stopOnSignals(proxy);
  print(`curfew listens at ${url}`);
  print(`admin API at ${adminUrl}`);
  if (config.admin.key === null) print(`admin key, shown only now: ${proxy.adminKey}`);
  if (!config.consoleauth.enforce_session_timeout) {
    print("sessions outlive their tokens: consoleauth.enforce_session_timeout is off, as in Nova");
  }
  return { tokens, url, log: proxy.log };
}

/** One process, or the one that leads the workers. */
async function makeProxy(config: Config, tokens: OpenedTokens<TokenStore>): Promise<ServedProxy> {
  if (config.workers === 1) return new LocalGateway(config, { tokens });
  const { Primary } = await import("../primary.ts");
  return new Primary(config, tokens);
}

function open(config: Config): OpenedTokens<TokenStore> {
  try {
    openLog(config.log, config.workers > 1);
    return openTokens({ ...config.tokens, nova: config.nova });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

function reopenFiles(proxy: ServedProxy): void {
  proxy.log.info("SIGHUP: the audit file is opened again if it was moved");
  proxy.reopenFiles();
}

/** The first signal drains; a second one ends the sessions at once. */
function stopOnSignals(proxy: ServedProxy): void {
  let asked = false;
  const stop = (): void => {
    const drained = proxy.drain(asked ? 0 : undefined).catch((error: unknown) => {
      printErrorLines(`curfew: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    });
    void drained.then(() => setTimeout(exitNow, EXIT_MS).unref());
    asked = true;
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
}

/** Nothing is left to do; what still keeps the process alive has had its time. */
function exitNow(): void {
  // Exiting waits for the threads, such as those that write to a log which is not read, or to a disk that hangs.
  if (process.getActiveResourcesInfo().some((name) => WORK_OF_THREADS.test(name))) process.kill(process.pid, "SIGKILL");
  process.exit();
}
