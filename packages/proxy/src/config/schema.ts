import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { admin } from "./admin.ts";
import { cluster } from "./cluster.ts";
import type { Config } from "./config.ts";
import { contradictions } from "./contradictions.ts";
import { TOKEN_PLACES } from "../http/request-token.ts";
import { CLIPBOARD_DIRECTIONS, OPENER_POLICIES } from "../http/page/origin-policy.ts";
import { DEFAULT_MAX_PER_TOKEN } from "../limits/slots.ts";
import { access, connections, listener } from "./listener-options.ts";
import { log } from "./log-options.ts";
import { novaRpc } from "./nova-rpc.ts";
import {
  describe,
  describeIssue,
  group,
  option,
  type OptionDescription,
  options,
  secret,
  withAllUnknownNames,
} from "./option-schema.ts";
import { AUTH_SCHEMES, MAX_CREDENTIAL_BYTES } from "../targets/rfb/auth-scheme.ts";
import { tokenSource } from "./token-sources.ts";
import * as value from "./value-schemas.ts";

/** How many problems are told: finding what each name was meant for takes a while. */
const MAX_PROBLEMS = 100;

const tlsMinimums = ["default", "tlsv1_2", "tlsv1_3"] as const;

/** All options with their defaults and the sentence that the options table shows. */
const schema = options({
  ...listener,
  web: option(
    v.nullable(value.text),
    null,
    "Folder whose files are served in place of the console page, such as noVNC's (Nova's option).",
  ),
  record: option(
    v.nullable(value.text),
    null,
    "Record every session to files whose names begin with this path, in websockify's format (Nova's option).",
  ),
  traffic: option(
    value.flag,
    false,
    "Print a character to standard output for each piece of data that is relayed (websockify's option).",
  ),
  workers: option(
    value.workers,
    1,
    "Number of processes that run sessions; more than 1 uses several cores. SPICE consoles need 1.",
  ),
  trusted_proxies: option(
    v.array(value.trustedProxy, "expected a list of addresses and networks"),
    [],
    "Addresses and networks of reverse proxies, such as `10.0.0.5`; what they say about their clients counts.",
  ),
  connections,
  access,
  consoleauth: group({
    enforce_session_timeout: option(
      value.flag,
      false,
      "End a session when its token expires. When off, a token is only checked when a session opens (Nova's option).",
    ),
    token_ttl: option(
      value.lifetimeSeconds,
      600,
      "Lifetime in seconds of tokens that have no expiry of their own (Nova's option).",
    ),
  }),
  sessions: group({
    warn_before: option(
      v.pipe(
        v.array(value.lifetimeSeconds, "expected a list of seconds"),
        v.transform((list) => list.toSorted((a, b) => b - a)),
      ),
      [300, 60, 10],
      "Seconds before the deadline at which clients are warned.",
    ),
    max_duration: option(
      v.nullable(value.lifetimeSeconds),
      null,
      "Maximum length of a session in seconds, whatever its token says. Also applies when enforcement is off.",
    ),
    idle_timeout: option(
      v.nullable(value.lifetimeSeconds),
      null,
      "Seconds without user input after which a session ends. Also applies when enforcement is off.",
    ),
    drain_timeout: option(
      value.timerSecondsOrZero,
      10,
      "Seconds that running sessions have to finish when the gateway stops.",
    ),
    max: option(v.nullable(value.count), null, "Maximum number of sessions; more are refused as `server_busy`."),
    max_per_client: option(
      v.nullable(value.count),
      null,
      "Maximum number of sessions from one IPv4 address or IPv6 /64.",
    ),
    max_per_token: option(
      v.nullable(value.count),
      DEFAULT_MAX_PER_TOKEN,
      "Maximum number of sessions that one token may have open.",
    ),
    max_per_instance: option(v.nullable(value.count), null, "Maximum number of sessions of one machine."),
    max_per_user: option(v.nullable(value.count), null, "Maximum number of sessions of one user."),
    on_limit: option(
      v.picklist(["refuse", "replace", "ask"], 'expected "refuse", "replace" or "ask"'),
      "refuse",
      "At `max_per_instance` and `max_per_user`: `refuse` the new session, `replace` the oldest one of the machine or user, or `ask` its user, who has 10 s.",
    ),
  }),
  console: group({
    allowed_origins: option(
      v.array(value.allowedOrigin, "expected a list of hosts or origins"),
      [],
      "Other sites that may open consoles: `host[:port]`, or `https://host[:port]` to bind the scheme too; `:*` is any port. Pages of an application have a scheme: `tauri://localhost`.",
    ),
    frame_ancestors: option(
      v.nullable(v.array(value.frameAncestor, "expected a list of hosts or origins")),
      null,
      "Other sites that may show the page in a frame, in the same form, or `*`; by default those of `console.allowed_origins`.",
    ),
    opener_policy: option(
      v.picklist(OPENER_POLICIES, `expected one of ${OPENER_POLICIES.join(", ")}`),
      "same-origin",
      "The page's `Cross-Origin-Opener-Policy`. With `unsafe-none`, a site that opens the page in a window can find, reuse and close it.",
    ),
    page: option(
      value.flag,
      true,
      "Serve the console page. When off, and without `web`, requests for it get 405, as from Nova's serial proxy.",
    ),
    start_page: option(
      v.picklist(["vnc", "serial", "spice"], 'expected "vnc", "serial" or "spice"'),
      "vnc",
      "What `/` shows where the address names no type: VNC, or `serial` or `spice` after a redirect to their pages.",
    ),
    renew_paths: option(
      v.array(value.urlPath, "expected a list of paths"),
      [],
      "Paths, including everything below them, where a link's `renew=` may have the page request a new token; by default none.",
    ),
    contact_url: option(
      v.nullable(value.contactUrl),
      null,
      "Your contact address (`https:`, `mailto:` or `tel:`), linked where the page tells users to contact you.",
    ),
    clipboard: option(
      v.picklist(CLIPBOARD_DIRECTIONS, `expected one of ${CLIPBOARD_DIRECTIONS.join(", ")}`),
      "both",
      "Where the page takes text from the clipboard: `both`, `to-machine`, `from-machine` or `none`. Not a security boundary: the gateway does not enforce it.",
    ),
    clipboard_max_bytes: option(
      v.nullable(value.count),
      null,
      "The longest text that the page pastes or copies, in bytes; by default without limit.",
    ),
    base_url: option(
      v.nullable(value.httpUrl),
      null,
      "Base of the console URLs in the admin API's answers; by default the listener's own address, or 127.0.0.1 where that is all addresses.",
    ),
    ssl_minimum_version: option(
      v.picklist(tlsMinimums, `expected one of ${tlsMinimums.join(", ")}`),
      "default",
      "Oldest TLS version for browsers: `default` (Node's, TLS 1.2), `tlsv1_2` or `tlsv1_3` (Nova's option).",
    ),
    ssl_ciphers: option(
      v.nullable(value.text),
      null,
      "OpenSSL cipher list for TLS 1.2; by default Node's. TLS 1.3 ciphers only change if the list names some (Nova's option).",
    ),
  }),
  targets: group({
    allow: option(
      v.array(value.network, "expected a list of networks"),
      ["127.0.0.0/8", "::1"],
      "Networks and ports that may be dialed, such as `10.0.0.0/8:5900-5999`, and folders of Unix sockets, such as `unix:/run/consoles/`.",
    ),
    connect_timeout: option(
      value.timerSeconds,
      10,
      "Seconds that a target has to accept a connection and complete its handshake.",
    ),
    tls_ca_certs: option(
      v.nullable(value.pemFile),
      null,
      "PEM file with the authorities of the certificates of TLS targets; by default Node's.",
    ),
    tls_client_cert: option(
      v.nullable(value.pemFile),
      null,
      "PEM file with the certificate that the gateway shows to TLS targets; by default none.",
    ),
    tls_client_key: option(
      v.nullable(value.pemFile),
      null,
      "PEM file with its private key, unless `targets.tls_client_cert` contains it.",
    ),
    tls_check_server_name: option(
      value.flag,
      true,
      "Require that the certificate of a TLS target is for the name or address that is dialed.",
    ),
  }),
  vnc: group({
    auth_schemes: option(
      v.nullable(
        v.pipe(
          v.array(v.picklist(AUTH_SCHEMES, `expected one of ${AUTH_SCHEMES.join(", ")}`), "expected a list of schemes"),
          v.minLength(1, "expected a list with at least one of none, vencrypt"),
        ),
      ),
      null,
      "How the gateway authenticates to VNC servers, the preferred first: `vencrypt`, `none`. By default the client does it (Nova's option).",
    ),
    vencrypt_ca_certs: option(
      v.nullable(value.pemFile),
      null,
      "PEM file with the authorities of the servers' certificates; by default Node's (Nova's option).",
    ),
    vencrypt_client_cert: option(
      v.nullable(value.pemFile),
      null,
      "PEM file with the certificate that the gateway shows to servers; by default none (Nova's option).",
    ),
    vencrypt_client_key: option(
      v.nullable(value.pemFile),
      null,
      "PEM file with its private key, unless `vnc.vencrypt_client_cert` contains it (Nova's option).",
    ),
    vencrypt_check_server_name: option(
      value.flag,
      false,
      "Require that a server's certificate is for the name or address that is dialed.",
    ),
    vencrypt_username: option(
      v.nullable(value.credential(MAX_CREDENTIAL_BYTES)),
      null,
      "User name for servers that ask for a user name and a password (X509Plain).",
    ),
    vencrypt_password: option(
      v.nullable(secret(value.credential(MAX_CREDENTIAL_BYTES))),
      null,
      "Password for servers that ask for one (X509Plain; X509Vnc uses the first 8 bytes).",
    ),
  }),
  tokens: group({
    store: option(
      v.picklist(["sqlite"], 'expected "sqlite"'),
      "sqlite",
      "Where the gateway keeps the tokens that it issues itself.",
    ),
    path: option(value.text, defaultTokensPath(), "The token store's file, or `:memory:`."),
    from: option(
      v.picklist(TOKEN_PLACES, `expected one of ${TOKEN_PLACES.join(", ")}`),
      "request",
      "What the token is: that of the `request`, the name in its `host` header, or `none`: each client opens the console of the source `fixed`.",
    ),
    sources: option(
      // The options of a source may hold a secret, so the list is never quoted as a whole.
      secret(v.array(tokenSource, "expected a list of token sources")),
      [],
      "Where tokens of other systems are looked up, in this order, after the store.",
    ),
  }),
  cluster,
  nova: group({
    revalidate_interval: option(
      value.timerSecondsOrZero,
      30,
      "Seconds between two checks of the token rows and instances of running sessions; 0 for none.",
    ),
    validate_console_port: option(
      v.picklist(["require", "skip"], 'expected "require" or "skip"'),
      "require",
      "`require` that nova-compute confirms each console before it opens, or `skip` that.",
    ),
    rpc: novaRpc,
  }),
  admin,
  audit: group({
    path: option(
      v.nullable(value.auditPath),
      null,
      "File that the audit trail is appended to, `-` for standard output, or `syslog://host:port`; by default there is no trail.",
    ),
    required: option(
      value.flag,
      false,
      "Refuse sessions, renewals and orders to the admin API that cannot be written down first. Needs `audit.path`.",
    ),
  }),
  log,
});

/**
 * Checks a configuration as written and fills in the defaults.
 *
 * @throws ConfigError that names the path of each wrong value and what was expected.
 */
export function parseConfig(input: unknown): Config {
  if (Array.isArray(input)) throw new ConfigError(["(top level): expected options by name, but got a list"]);
  const result = v.safeParse(schema, input ?? {}, { abortPipeEarly: true });
  const problems = result.success
    ? contradictions(result.output)
    : describeIssues(withAllUnknownNames(schema, result.issues));
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return result.output;
}

/** A line for each, up to some. A file that is no configuration may have very many. */
function describeIssues(issues: readonly v.BaseIssue<unknown>[]): readonly string[] {
  const lines = issues.slice(0, MAX_PROBLEMS).map((issue) => describeIssue(schema, issue));
  const more = issues.length - lines.length;
  return more === 0 ? lines : [...lines, `and ${more} more`];
}

/** A configuration has one or more wrong values; `problems` has a line for each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** The schema itself, to be read by tools. */
export const configSchema: v.GenericSchema<unknown, Config> = schema;

/** Every option, in the order of the schema. */
export function describeOptions(): readonly OptionDescription[] {
  return describe(schema);
}

/** The folder of the service manager if there is one (systemd sets it), else the user's (XDG base directories). */
function defaultTokensPath(): string {
  const { STATE_DIRECTORY, XDG_STATE_HOME } = process.env;
  return join(STATE_DIRECTORY ?? join(XDG_STATE_HOME ?? join(homedir(), ".local/state"), "curfew"), "tokens.db");
}
