import type { Command } from "commander";
import { isIP } from "node:net";
import { parseAddress } from "../net/address.ts";
import type { Config, ConfigInput } from "../config/config.ts";
import { loadConfig, secretVariables } from "../config/load.ts";
import { type Gateway, LocalGateway } from "../gateway.ts";
import { consoleUrl } from "../http/console-url.ts";
import { logIgnoredSignals } from "../telemetry/ignored-signals.ts";
import { isWritingLog } from "../telemetry/log-destination.ts";
import type { Logger } from "../telemetry/log.ts";
import { surviveErrors } from "../telemetry/uncaught-errors.ts";
import type { ConsoleType } from "../tokens/grant.ts";
import { type OpenedTokens, openTokens } from "../tokens/open.ts";
import type { TokenStore } from "../tokens/store.ts";
import { CommandError } from "./command-error.ts";
import { address, count, seconds } from "./argument-parsers.ts";
import { print, printErrorLines } from "./output.ts";

/** How long after everything was closed the process may take to exit by itself, in milliseconds. */
const EXIT_MS = 2000;

interface ServeOptions {
  readonly config?: string;
  readonly listen?: string;
  readonly adminListen?: string;
  readonly enforce?: true;
  readonly workers?: number;
  readonly vnc?: string;
  readonly serial?: string;
  readonly ttl?: number;
}

type ServedProxy = Pick<Gateway, "adminKey" | "listen" | "drain"> & { readonly log: Logger };

/** Adds `serve`. */
export function addServe(program: Command): void {
  program
    .command("serve")
    .description("run the gateway until SIGINT or SIGTERM, which let running sessions finish")
    .option("--config <file>", "YAML configuration; CURFEW_* variables and flags override it")
    .option("--listen <host:port>", "where browsers connect", address)
    .option("--admin-listen <host:port>", "where the admin API listens", address)
    .option("--enforce", "end sessions when their token expires (consoleauth.enforce_session_timeout)")
    .option("--workers <n>", "processes that run the sessions, to use several cores", count)
    .option("--vnc <host:port>", "also issue a token for this VNC server and print its URL", address)
    .option("--serial <host:port>", "also issue a token for this serial console and print its URL", address)
    .option("--ttl <seconds>", "lifetime of the tokens that --vnc and --serial issue", seconds)
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const config = allowing(
    await loadConfig({ file: options.config, env: process.env, flags: flags(options) }),
    [options.vnc, options.serial].filter((target) => target !== undefined),
  );
  // What this process starts inherits its environment.
  for (const name of secretVariables()) delete process.env[name];
  const tokens = open(config);
  const proxy = await makeProxy(config, tokens);
  const { url, adminUrl } = await proxy.listen().catch((error: Error) => {
    throw new CommandError(error.message);
  });
  logIgnoredSignals(proxy.log);
  surviveErrors(proxy.log);
  stopOnSignals(proxy);
  print(`curfew listens at ${url}`);
  print(`admin API at ${adminUrl}`);
  if (config.admin.key === null) print(`admin key, shown only now: ${proxy.adminKey}`);
  if (!config.consoleauth.enforce_session_timeout) {
    print("sessions outlive their tokens: consoleauth.enforce_session_timeout is off, as in Nova");
  }
  const issue = async (type: ConsoleType, target: string | undefined): Promise<void> => {
    if (target === undefined) return;
    const ttlMs = (options.ttl ?? config.consoleauth.token_ttl) * 1000;
    const { token, record } = await tokens.store.issue({
      type,
      endpoint: { type: "tcp", ...parseAddress(target) },
      ttlMs,
      name: target,
    });
    print(`console of ${target}: ${consoleUrl(config.console.base_url ?? url, token, record)}`);
  };
  await issue("vnc", options.vnc);
  await issue("serial", options.serial);
}

/** One process, or the one that leads the workers. */
async function makeProxy(config: Config, tokens: OpenedTokens<TokenStore>): Promise<ServedProxy> {
  if (config.workers === 1) return new LocalGateway(config, { tokens });
  const { Primary } = await import("../primary.ts");
  return new Primary(config, tokens);
}

function open(config: Config): OpenedTokens<TokenStore> {
  try {
    return openTokens(config.tokens);
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

/** Allows the addresses given on the command line to be dialed. A name must still resolve to an allowed address. */
function allowing(config: Config, targets: readonly string[]): Config {
  const addresses = targets.filter((target) => isIP(parseAddress(target).host) !== 0);
  return { ...config, targets: { ...config.targets, allow: [...config.targets.allow, ...addresses] } };
}

function flags({ listen, adminListen, enforce, workers }: ServeOptions): ConfigInput {
  return {
    ...(listen !== undefined && { listen }),
    ...(workers !== undefined && { workers }),
    ...(adminListen !== undefined && { admin: { listen: adminListen } }),
    ...(enforce === true && { consoleauth: { enforce_session_timeout: true } }),
  };
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
  // Exiting waits for the thread.
  if (isWritingLog()) process.kill(process.pid, "SIGKILL");
  process.exit();
}
