import { hostname } from "node:os";
import { type Option, type OptionName, defineOption, variableName } from "./oslo/option.ts";
import { boolean, choice, hostAddress, integer, list, port, text, type ValueType } from "./oslo/value-types.ts";
import { ownAddress } from "./own-address.ts";

/** The options of a group, by the types of their values. */
export type Options<Values> = { readonly [Name in keyof Values]: Option<Values[Name]> };

/** In `[DEFAULT]`, where options stood before they had groups. */
function old(...names: readonly string[]): { readonly deprecated: readonly OptionName[] } {
  return { deprecated: names.map((name) => ({ group: "DEFAULT", name })) };
}

const OFF = { default: false };

/** An option of the RabbitMQ driver; without a value, the driver's default is also Curfew's. */
function defineRabbit<T>(name: string, type: ValueType<T>, ...older: readonly string[]): Option<T> {
  const group = "oslo_messaging_rabbit";
  return defineOption(group, name, type, { deprecated: older.map((each) => ({ group, name: each })) });
}

/** Values of {@link COMMON}. */
export interface CommonValues {
  readonly record: string;
  readonly daemon: boolean;
  readonly ssl_only: boolean;
  readonly source_is_ipv6: boolean;
  readonly cert: string;
  readonly key: string;
  readonly web: string;
  readonly debug: boolean;
  readonly log_config_append: string;
  readonly log_file: string;
  readonly log_dir: string;
  readonly watch_log_file: boolean;
  readonly use_syslog: boolean;
  readonly use_journal: boolean;
  readonly use_json: boolean;
  readonly use_stderr: boolean;
}

/** Options of all proxies, and of oslo.log (`nova/conf/novnc.py`, `oslo_log/_options.py`). */
export const COMMON: Options<CommonValues> = {
  record: defineOption("DEFAULT", "record", text),
  daemon: defineOption("DEFAULT", "daemon", boolean, OFF),
  ssl_only: defineOption("DEFAULT", "ssl_only", boolean, OFF),
  source_is_ipv6: defineOption("DEFAULT", "source_is_ipv6", boolean, OFF),
  cert: defineOption("DEFAULT", "cert", text, { default: "self.pem" }),
  key: defineOption("DEFAULT", "key", text),
  web: defineOption("DEFAULT", "web", text),
  debug: defineOption("DEFAULT", "debug", boolean, OFF),
  log_config_append: defineOption("DEFAULT", "log_config_append", text, old("log_config")),
  log_file: defineOption("DEFAULT", "log_file", text, old("logfile")),
  log_dir: defineOption("DEFAULT", "log_dir", text, old("logdir")),
  watch_log_file: defineOption("DEFAULT", "watch_log_file", boolean, OFF),
  use_syslog: defineOption("DEFAULT", "use_syslog", boolean, OFF),
  use_journal: defineOption("DEFAULT", "use_journal", boolean, OFF),
  use_json: defineOption("DEFAULT", "use_json", boolean, OFF),
  use_stderr: defineOption("DEFAULT", "use_stderr", boolean, OFF),
};

/** What other options refer to (`nova/conf/netconf.py`, `nova/conf/paths.py`). */
const REFERRED = {
  host: defineOption("DEFAULT", "host", text, { default: hostname() }),
  my_ip: {
    ...defineOption("DEFAULT", "my_ip", text),
    get default(): string {
      return ownAddress();
    },
  },
};

/** Values of {@link CONSOLE}. */
export interface ConsoleValues {
  readonly allowed_origins: readonly string[];
  readonly ssl_ciphers: string;
  readonly ssl_minimum_version: "default" | "tlsv1_1" | "tlsv1_2" | "tlsv1_3";
}

/** Options of `[console]`. */
export const CONSOLE: Options<ConsoleValues> = {
  allowed_origins: defineOption("console", "allowed_origins", list(text), {
    default: [],
    ...old("console_allowed_origins"),
  }),
  ssl_ciphers: defineOption("console", "ssl_ciphers", text),
  ssl_minimum_version: defineOption(
    "console",
    "ssl_minimum_version",
    choice("default", "tlsv1_1", "tlsv1_2", "tlsv1_3"),
    { default: "default" },
  ),
};

/** Values of {@link CONSOLEAUTH}. */
export interface ConsoleauthValues {
  readonly token_ttl: number;
  readonly enforce_session_timeout: boolean;
}

/** Options of `[consoleauth]`. */
export const CONSOLEAUTH: Options<ConsoleauthValues> = {
  token_ttl: defineOption("consoleauth", "token_ttl", integer({ min: 0 }), {
    default: 600,
    ...old("console_token_ttl"),
  }),
  enforce_session_timeout: defineOption("consoleauth", "enforce_session_timeout", boolean, OFF),
};

/** Values of {@link VNC}. */
export interface VncValues {
  readonly novncproxy_host: string;
  readonly novncproxy_port: number;
  readonly novncproxy_base_url: string;
  readonly auth_schemes: readonly ("none" | "vencrypt")[];
  readonly vencrypt_client_key: string;
  readonly vencrypt_client_cert: string;
  readonly vencrypt_ca_certs: string;
}

/** Options of `[vnc]`. */
export const VNC: Options<VncValues> = {
  novncproxy_host: defineOption("vnc", "novncproxy_host", text, { default: "0.0.0.0", ...old("novncproxy_host") }),
  novncproxy_port: defineOption("vnc", "novncproxy_port", port, { default: 6080, ...old("novncproxy_port") }),
  novncproxy_base_url: defineOption("vnc", "novncproxy_base_url", text, old("novncproxy_base_url")),
  auth_schemes: defineOption("vnc", "auth_schemes", list(choice("none", "vencrypt")), { default: ["none"] }),
  vencrypt_client_key: defineOption("vnc", "vencrypt_client_key", text),
  vencrypt_client_cert: defineOption("vnc", "vencrypt_client_cert", text),
  vencrypt_ca_certs: defineOption("vnc", "vencrypt_ca_certs", text),
};

/** Values of {@link SERIAL}. */
interface SerialValues {
  readonly serialproxy_host: string;
  readonly serialproxy_port: number;
  readonly base_url: string;
}

/** Options of `[serial_console]`. */
export const SERIAL: Options<SerialValues> = {
  serialproxy_host: defineOption("serial_console", "serialproxy_host", text, { default: "0.0.0.0" }),
  serialproxy_port: defineOption("serial_console", "serialproxy_port", port, { default: 6083 }),
  base_url: defineOption("serial_console", "base_url", text),
};

/** Values of {@link SPICE}. */
interface SpiceValues {
  readonly html5proxy_host: string;
  readonly html5proxy_port: number;
  readonly html5proxy_base_url: string;
}

/** Options of `[spice]`. */
export const SPICE: Options<SpiceValues> = {
  html5proxy_host: defineOption("spice", "html5proxy_host", hostAddress, { default: "0.0.0.0" }),
  html5proxy_port: defineOption("spice", "html5proxy_port", port, { default: 6082 }),
  html5proxy_base_url: defineOption("spice", "html5proxy_base_url", text),
};

const SECRET = { isSecret: true };

/** Values of {@link BACKENDS}. */
export interface BackendsValues {
  readonly connection: string;
  readonly api_connection: string;
  readonly transport_url: string;
  readonly rpc_response_timeout: number;
  readonly control_exchange: string;
  readonly compute: string;
}

/** Where tokens and machines are (`nova/conf/database.py`, oslo.db), and how compute is asked. */
export const BACKENDS: Options<BackendsValues> = {
  connection: defineOption("database", "connection", text, {
    ...SECRET,
    deprecated: [
      { group: "DEFAULT", name: "sql_connection" },
      { group: "database", name: "sql_connection" },
      { group: "sql", name: "connection" },
    ],
  }),
  api_connection: defineOption("api_database", "connection", text, SECRET),
  transport_url: defineOption("DEFAULT", "transport_url", text, SECRET),
  rpc_response_timeout: defineOption("DEFAULT", "rpc_response_timeout", integer(), { default: 60 }),
  control_exchange: defineOption("DEFAULT", "control_exchange", text, { default: "nova" }),
  compute: defineOption("upgrade_levels", "compute", text),
};

/** Values of {@link RABBIT}. */
export interface RabbitValues {
  readonly rabbit_login_method: string;
  readonly rabbit_transient_quorum_queue: boolean;
  readonly rabbit_transient_queues_ttl: number;
  readonly heartbeat_timeout_threshold: number;
  readonly ssl: boolean;
  readonly ssl_ca_file: string;
  readonly ssl_cert_file: string;
  readonly ssl_key_file: string;
  readonly ssl_enforce_hostname_verification: boolean;
}

/** Options of `[oslo_messaging_rabbit]` that a client needs who asks and waits (oslo.messaging). */
export const RABBIT: Options<RabbitValues> = {
  rabbit_login_method: defineRabbit("rabbit_login_method", text),
  rabbit_transient_quorum_queue: defineRabbit("rabbit_transient_quorum_queue", boolean),
  rabbit_transient_queues_ttl: defineRabbit("rabbit_transient_queues_ttl", integer()),
  heartbeat_timeout_threshold: defineRabbit("heartbeat_timeout_threshold", integer()),
  ssl: defineRabbit("ssl", boolean, "rabbit_use_ssl"),
  ssl_ca_file: defineRabbit("ssl_ca_file", text, "kombu_ssl_ca_certs"),
  ssl_cert_file: defineRabbit("ssl_cert_file", text, "kombu_ssl_certfile"),
  ssl_key_file: defineRabbit("ssl_key_file", text, "kombu_ssl_keyfile"),
  ssl_enforce_hostname_verification: defineRabbit("ssl_enforce_hostname_verification", boolean),
};

/** The variables of secret options, which no process that the gateway starts needs. */
export function secretVariables(): readonly string[] {
  return ALL_OPTIONS.filter(({ isSecret }) => isSecret).map(variableName);
}

/** All options that are read, or that others may refer to. */
export const ALL_OPTIONS: readonly Option<unknown>[] = [
  COMMON,
  REFERRED,
  CONSOLE,
  CONSOLEAUTH,
  VNC,
  SERIAL,
  SPICE,
  BACKENDS,
  RABBIT,
].flatMap((group) => Object.values<Option<unknown>>(group));
