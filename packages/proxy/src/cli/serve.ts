import type { Command } from "commander";
import { isIP } from "node:net";
import { devNull } from "node:os";
import { parseAddress } from "../net/address.ts";
import type { Config, ConfigInput } from "../config/config.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { consoleUrl } from "../http/console-url.ts";
import type { ConsoleType } from "../tokens/grant.ts";
import { address, count, seconds } from "./argument-parsers.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./output.ts";
import { runGateway } from "./run-gateway.ts";
import { withStatus } from "./start-status.ts";

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
  const targets = [options.vnc, options.serial].filter((target) => target !== undefined);
  if (options.ttl !== undefined && targets.length === 0) {
    throw new CommandError(
      "--ttl: expected --vnc or --serial as well, whose tokens have this lifetime; that of others is consoleauth.token_ttl",
    );
  }
  const sources = { file: options.config, env: { ...process.env }, flags: flags(options) };
  const load = async (isReload: boolean): Promise<LoadedConfig> => {
    const warnings: string[] = [];
    const refusesEmpty = isReload && options.config !== devNull;
    const config = await loadConfig({ ...sources, refusesEmpty, warn: (warning) => warnings.push(warning) });
    return { config: allowing(config, targets), warnings };
  };
  const loaded = await withStatus(load(false));
  const { config } = loaded;
  const { tokens, url } = await runGateway(loaded, async () => await load(true));
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
