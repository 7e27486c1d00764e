/**
 * The gateway as a library: proxies browsers' WebSockets to VNC and serial consoles, and ends each
 * session at the moment its token expires.
 *
 * @packageDocumentation
 */
export { createGateway } from "./create-gateway.ts";
export type { Gateway, GatewayOptions, ListeningAt } from "./gateway-types.ts";
export type { Address } from "./net/address.ts";
export type { Endpoint, TcpEndpoint, TlsEndpoint, UnixEndpoint } from "./net/endpoint.ts";
export type { HashedKey, Right } from "./admin/keys.ts";
export type { AdminConfig } from "./config/admin.ts";
export type { ClusterConfig, PeerConfig } from "./config/cluster.ts";
export type { Config, ConfigInput } from "./config/config.ts";
export type { VncSecurityOptions } from "./consoles/rfb/auth-schemes.ts";
export type { TokenSourceConfig, TokenSourceInput } from "./config/token-source-config.ts";
export type { JwtSourceOptions } from "./tokens/jwt/jwt-source.ts";
export type { NovaRpcOptions } from "./tokens/nova/rpc/options.ts";
export type { TlsMinimum } from "./http/tls/server.ts";
export { ConfigError, parseConfig } from "./config/schema.ts";
export type { AccessOptions } from "./http/access.ts";
export type { RequestHandler } from "./http/page/handler.ts";
export type { UpgradeHandler } from "./http/upgrade.ts";
export type { GrantInfo, RelayedBytes, SessionInfo } from "./telemetry/session-info.ts";
export type { Clock } from "./time/clock.ts";
export type { EndReason } from "./end-reason.ts";
export type { SessionRegistry } from "./sessions/registry.ts";
export type { SessionPhase } from "./sessions/session-context.ts";
export type { Session } from "./sessions/session.ts";
export { createLogger } from "./telemetry/log.ts";
export type { LogLevel, LogTarget } from "./telemetry/log.ts";
export type { SyslogFormat } from "./telemetry/syslog/message.ts";
export type { SyslogFacility } from "./telemetry/syslog/syslog.ts";
export { SqliteTokenStore } from "./tokens/sqlite/token-store.ts";
export type { Access, ConsoleType, Grant, GrantEnd, GrantRevalidation } from "./tokens/grant.ts";
export type { TargetTlsOptions } from "./targets/target-tls.ts";
export type { FirstUses, LookupContext, SingleUses, TokenSource } from "./tokens/source.ts";
export type { Lock, LockEffect, LockStore, LockSubject } from "./tokens/lock.ts";
export { BadPage } from "./paging.ts";
export type { PageRequest } from "./paging.ts";
export type { TokenPage, TokenRecord, TokenRequest, TokenStore } from "./tokens/store.ts";
