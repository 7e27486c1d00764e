import { ConfigError, parseConfig } from "./config/schema.ts";
import type { Gateway, GatewayOptions } from "./gateway-types.ts";
import { LocalGateway } from "./gateway.ts";
import { createLogger, openLog } from "./telemetry/log.ts";
import { closeTokens, openTokens, openTokensBehind } from "./tokens/open.ts";

/**
 * Makes a gateway that listens nowhere yet: call `listen()`, or hand it the requests of your own
 * server.
 *
 * @throws ConfigError when a value is wrong.
 * @throws Error when the embedded token store cannot be opened, or a certificate of `vnc` cannot be used.
 */
export function createGateway(options: GatewayOptions = {}): Gateway {
  const config = parseConfig(options.config);
  if (config.cluster.store !== null) {
    throw new ConfigError(["cluster.store: expected none outside of the command `curfew serve`"]);
  }
  if (config.cluster.peers.length > 0) {
    throw new ConfigError(["cluster.peers: expected none outside of the command `curfew serve`"]);
  }
  if (config.workers > 1) {
    throw new ConfigError([`workers: expected 1 outside of the command \`curfew serve\`, but got ${config.workers}`]);
  }
  const { tokens } = options;
  const log = options.log ?? createLogger(config.log.level, openLog(config.log));
  const configured = { ...config.tokens, nova: config.nova };
  const opened = tokens === undefined ? openTokens(configured) : openTokensBehind(tokens, configured);
  try {
    return new LocalGateway(config, { ...options, log, tokens: opened });
  } catch (error) {
    // The library user closes what is theirs.
    const sources = opened.sources.filter(({ source }) => source !== tokens);
    void closeTokens({ store: tokens === undefined ? opened.store : undefined, sources }, log);
    throw error;
  }
}
