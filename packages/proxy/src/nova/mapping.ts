import { existsSync } from "node:fs";
import { isIPv6 } from "node:net";
import { resolve } from "node:path";
import { formatAddress } from "../net/address.ts";
import { BACKENDS, COMMON, CONSOLE, CONSOLEAUTH, RABBIT, VNC } from "./definitions.ts";
import { type Configuration, ConfValueError } from "./oslo/configuration.ts";
import type { Option } from "./oslo/option.ts";
import { LISTENERS, type NovaOptions } from "./options.ts";
import type { Service } from "./service.ts";

/** One option of Curfew that nova.conf sets. */
export interface Mapped {
  /** Dotted path in Curfew's configuration. */
  readonly path: string;
  readonly value: unknown;
  /** Where Nova's configuration says so; undefined for a default, which Curfew's own configuration overrides. */
  readonly place: string | undefined;
}

/** What {@link mapOptions} finds. */
export interface Mapping {
  readonly mapped: readonly Mapped[];
  /** Options of the token source `nova`, by their names in it. */
  readonly source: readonly Mapped[];
  /** What Nova would do and Curfew does differently: a line for the log each. */
  readonly warnings: readonly string[];
}

/** The default of `web` in Nova. */
const SPICE_HTML5 = "/usr/share/spice-html5";

/** Facts that the options alone do not tell. */
export interface MappingContext {
  readonly configuration: Configuration;
  readonly service: Service;
  /** The address that the listener's host stands for. */
  readonly address: string;
  /** Whether Curfew's page is served in place of Nova's `web`. */
  readonly ownPage: boolean;
}

/**
 * Says what Nova's options are in Curfew's configuration.
 *
 * @throws ConfValueError when Nova's proxy would not start, or Curfew cannot do what an option demands.
 */
export function mapOptions(options: NovaOptions, context: MappingContext): Mapping {
  const warnings: string[] = [];
  const set = new MappedOptions(context.configuration);
  mapListener(set, options, context);
  mapCertificate(set, options, context, warnings);
  mapPage(set, options, context);
  mapRecording(set, options);
  mapConsole(set, options, warnings);
  mapLog(set, options, context, warnings);
  mapVnc(set, options);
  mapRpc(set, options);
  set.byDefault("console.frame_ancestors", ["*"]);
  set.byDefault("targets.allow", ["0.0.0.0/0", "::/0"]);
  set.byDefault("tokens.path", ":memory:");
  set.byDefault("admin.listen", context.service.adminListen);
  return { mapped: set.all, source: mapSource(options, context), warnings };
}

/** Collects {@link Mapped} options. */
class MappedOptions {
  readonly all: Mapped[] = [];
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  /** @param sources - the options that decide; if any of them is set, so is this. */
  set(path: string, value: unknown, ...sources: readonly Option<unknown>[]): void {
    const places = sources.flatMap((option) => this.#configuration.find(option)?.place ?? []);
    this.all.push({ path, value, place: places.length === 0 ? undefined : places.join(" and ") });
  }

  byDefault(path: string, value: unknown): void {
    this.all.push({ path, value, place: undefined });
  }

  /** Only if one of the options is set. As in Nova, an empty text is none. */
  setWritten(path: string, value: unknown, ...sources: readonly Option<unknown>[]): void {
    if (value === undefined || value === "") return;
    if (sources.some((option) => this.#configuration.find(option) !== undefined)) this.set(path, value, ...sources);
  }
}

function mapListener(set: MappedOptions, options: NovaOptions, context: MappingContext): void {
  const { host, port, baseUrl } = LISTENERS[context.service.name];
  if (options.listener.port === undefined) {
    throw new ConfValueError(`${context.configuration.find(port)?.place}: expected a port`);
  }
  set.set("listen", formatAddress({ host: context.address, port: options.listener.port }), host, port);
  const base = pageFolder(options.listener.baseUrl);
  if (base !== undefined) set.set("console.base_url", base, baseUrl);
}

/** The address of the page's folder, over http or https; undefined for what is no URL, which only compute uses. */
function pageFolder(baseUrl: string | undefined): string | undefined {
  const url = URL.parse(baseUrl?.replace(/^ws(?=s?:)/i, "http") ?? "");
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return url.origin + url.pathname.replace(/\/[^/]*$/, "");
}

function mapCertificate(
  set: MappedOptions,
  { common }: NovaOptions,
  { configuration }: MappingContext,
  warnings: string[],
): void {
  const cert = common.cert ?? "";
  if (!existsSync(cert)) {
    if (common.ssl_only === true) throw new ConfValueError(`SSL only and ${cert} not found`);
    const place = configuration.find(COMMON.cert)?.place;
    if (place !== undefined && cert !== "")
      warnings.push(`${place}: there is no ${cert}, so browsers are not served over TLS`);
    return;
  }
  set.set("cert", cert, COMMON.cert);
  set.set("ssl_only", common.ssl_only, COMMON.ssl_only);
  set.setWritten("key", common.key, COMMON.key);
}

function mapPage(set: MappedOptions, { common: { web } }: NovaOptions, context: MappingContext): void {
  const { service, ownPage, configuration } = context;
  // Without a folder, the serial proxy has no page.
  if (service.name === "serial" && !ownPage) set.byDefault("console.page", false);
  if (service.name !== "novnc") set.byDefault("console.start_page", service.name);
  const hasWeb = web !== undefined && web !== "" && !ownPage;
  // Nova serves spice-html5 where Debian installs it.
  if (service.name === "spice" && !hasWeb && !ownPage && existsSync(SPICE_HTML5)) set.byDefault("web", SPICE_HTML5);
  if (!hasWeb) return;
  if (!existsSync(web)) {
    const place = configuration.find(COMMON.web)?.place;
    // In Nova's words, which its users search for.
    throw new ConfValueError(
      `Can not find html/js files at ${web}. (${place}; without it, or with --curfew-page, Curfew serves its own page)`,
    );
  }
  set.set("web", web, COMMON.web);
}

function mapRecording(set: MappedOptions, { common: { record = "" } }: NovaOptions): void {
  // Like websockify: relative to the folder that the service is started in.
  if (record !== "") set.set("record", resolve(record), COMMON.record);
}

function mapConsole(set: MappedOptions, { console, consoleauth }: NovaOptions, warnings: string[]): void {
  const origins = (console.allowed_origins ?? []).filter((host) => host !== "").map(anyPort);
  set.setWritten("console.allowed_origins", origins, CONSOLE.allowed_origins);
  set.setWritten("console.ssl_ciphers", console.ssl_ciphers, CONSOLE.ssl_ciphers);
  const minimum = console.ssl_minimum_version;
  if (minimum === "tlsv1_1")
    warnings.push("[console] ssl_minimum_version: TLS 1.1 is not offered; TLS 1.2 is the oldest");
  set.setWritten(
    "console.ssl_minimum_version",
    minimum === "tlsv1_1" ? "tlsv1_2" : minimum,
    CONSOLE.ssl_minimum_version,
  );
  const { enforce_session_timeout, token_ttl } = CONSOLEAUTH;
  set.setWritten("consoleauth.enforce_session_timeout", consoleauth.enforce_session_timeout, enforce_session_timeout);
  // Nova's rows have an expiry; no lifetime at all is only meant for those.
  if ((consoleauth.token_ttl ?? 0) > 0) set.setWritten("consoleauth.token_ttl", consoleauth.token_ttl, token_ttl);
}

/** Nova's proxies read the database of their own cell. Only without one are the cells of the API database asked. */
function mapSource({ backends }: NovaOptions, { configuration }: MappingContext): readonly Mapped[] {
  const set = new MappedOptions(configuration);
  const { connection, api_connection, transport_url } = BACKENDS;
  if ((backends.connection ?? "") === "") set.setWritten("api_database", backends.api_connection, api_connection);
  set.setWritten("database", backends.connection, connection);
  set.setWritten("transport_url", backends.transport_url, transport_url);
  return set.all;
}

/** Nova's proxy for VNC always authenticates to the server itself. */
function mapVnc(set: MappedOptions, { vnc }: NovaOptions): void {
  if (vnc === undefined) return;
  set.set("vnc.auth_schemes", vnc.auth_schemes, VNC.auth_schemes);
  for (const name of ["vencrypt_ca_certs", "vencrypt_client_cert", "vencrypt_client_key"] as const) {
    const path = vnc[name] ?? "";
    if (path !== "") set.set(`vnc.${name}`, path, VNC[name]);
  }
}

/** How nova-compute is asked about consoles. */
function mapRpc(set: MappedOptions, { backends, rabbit }: NovaOptions): void {
  const { rpc_response_timeout, control_exchange, compute } = BACKENDS;
  set.setWritten("nova.rpc.rpc_response_timeout", backends.rpc_response_timeout, rpc_response_timeout);
  for (const [path, value, option] of [
    ["control_exchange", backends.control_exchange, control_exchange],
    ["upgrade_levels_compute", backends.compute, compute],
    ...Object.entries(RABBIT).map(([name, each]) => [name, rabbit[name as keyof typeof rabbit], each] as const),
  ] as const) {
    if (value !== "") set.setWritten(`nova.rpc.${path}`, value, option);
  }
}

/** Nova compares host names without their ports. */
function anyPort(host: string): string {
  return `${isIPv6(host) ? `[${host}]` : host}:*`;
}

function mapLog(
  set: MappedOptions,
  { common }: NovaOptions,
  { configuration, service }: MappingContext,
  warnings: string[],
): void {
  if (common.debug === true) set.set("log.level", "debug", COMMON.debug);
  const { log_file: file = "", log_dir: folder = "" } = common;
  if (file + folder !== "") {
    set.set(
      "log.file",
      resolve(folder, file === "" ? `${service.program}.log` : file),
      COMMON.log_file,
      COMMON.log_dir,
    );
  }
  for (const option of [COMMON.use_syslog, COMMON.log_config_append]) {
    const place = configuration.find(option)?.place;
    if (place !== undefined && configuration.get<boolean | string>(option) !== false) {
      warnings.push(`${place}: has no effect: Curfew logs to standard error or to log_file`);
    }
  }
}
