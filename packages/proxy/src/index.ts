/**
 * The gateway as a library: proxies browsers' WebSockets to VNC and serial consoles, and ends each
 * session at the moment its token expires.
 *
 * @packageDocumentation
 */
export { createConsoleProxy } from "./console-proxy.ts";
export type { ConsoleProxy, ConsoleProxyOptions, ListeningAt } from "./console-proxy.ts";
export type { Address } from "./config/address.ts";
export type { Config, ConfigInput, LogLevel, TlsMinimum } from "./config/config.ts";
export { ConfigError, parseConfig } from "./config/schema.ts";
export type { RequestHandler } from "./gateway/page.ts";
export type { UpgradeHandler } from "./gateway/upgrade.ts";
export type { RelayedBytes } from "./relay/relay.ts";
export type { Clock } from "./sessions/clock.ts";
export type { EndReason } from "./sessions/end-reason.ts";
export type { SessionRegistry } from "./sessions/registry.ts";
export type { Session, SessionPhase } from "./sessions/session.ts";
export { createLogger } from "./telemetry/log.ts";
export { SqliteTokenStore } from "./tokens/sqlite.ts";
export type { ConsoleType, Grant, TokenRecord, TokenRequest, TokenSource, TokenStore } from "./tokens/source.ts";
