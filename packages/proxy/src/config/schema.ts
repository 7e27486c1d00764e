import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { parseAllowedOrigin } from "../net/origin.ts";
import { AllowList } from "../net/allow-list.ts";
import { parseAddress } from "../net/address.ts";
import type { Config } from "./config.ts";
import { MAX_LIFETIME_SECONDS } from "../tokens/store.ts";

const flag = v.boolean("expected true or false");
const text = v.pipe(v.string("expected a string"), v.nonEmpty("expected a string that is not empty"));
const number = v.pipe(v.number("expected a number of seconds"), v.finite("expected a finite number of seconds"));
/** What a Node timer can count; longer ones would end at once. */
const MAX_TIMER_SECONDS = 24 * 24 * 60 * 60;
const timer = v.pipe(number, v.maxValue(MAX_TIMER_SECONDS, `expected at most ${MAX_TIMER_SECONDS} seconds (24 days)`));
const seconds = v.pipe(timer, v.minValue(0, "expected 0 seconds or more"));
const timerSeconds = v.pipe(timer, v.gtValue(0, "expected more than 0 seconds"));
const counted = "expected a whole number of 1 or more";
const count = v.pipe(v.number(counted), v.safeInteger(counted), v.minValue(1, counted));
/** More than any machine has cores for, so that a slip of the finger does not fill its memory. */
const MAX_WORKERS = 256;
const workers = v.pipe(count, v.maxValue(MAX_WORKERS, `expected at most ${MAX_WORKERS} workers`));
const someSeconds = v.pipe(
  number,
  v.gtValue(0, "expected more than 0 seconds"),
  v.maxValue(MAX_LIFETIME_SECONDS, `expected at most ${MAX_LIFETIME_SECONDS} seconds (100 years)`),
);
const address = v.pipe(text, v.rawTransform(translate(parseAddress)));
const network = v.pipe(text, v.rawCheck(reject((entry) => new AllowList([entry]))));
const allowedOrigin = v.pipe(text, v.rawCheck(reject(parseAllowedOrigin)));
const path = v.pipe(
  text,
  v.check((value) => URL.parse(value, "http://host")?.pathname === value, "expected a path such as /api/consoles/"),
);
const httpUrl = v.pipe(
  text,
  v.check((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ""), "expected an http or https URL"),
);
const contactUrl = v.pipe(
  text,
  v.check(
    (value) => /^(?:https?|mailto|tel):$/.test(URL.parse(value)?.protocol ?? ""),
    "expected an http, https, mailto or tel URL",
  ),
);
const tlsMinimums = ["default", "tlsv1_2", "tlsv1_3"] as const;
/** Without the value in the message where somebody put the key itself. */
const pemFile = v.pipe(
  text,
  v.check((value) => !value.includes("-----BEGIN"), "expected the path of a PEM file, but got PEM text"),
);
const levels = ["trace", "debug", "info", "warn", "error", "silent"] as const;

/**
 * All options with their defaults and the sentence that the options table shows. Unknown names are
 * refused: a mistyped option that silently does nothing is how a limit goes missing.
 */
const schema = group({
  listen: option(address, "127.0.0.1:6080", "Where browsers connect: WebSocket and the console page."),
  cert: option(
    v.nullable(pemFile),
    null,
    "PEM file with the certificate chain for browsers; `listen` then speaks https and wss only (Nova's option).",
  ),
  key: option(
    v.nullable(pemFile),
    null,
    "PEM file with the private key, if `cert` does not hold it, too (Nova's option).",
  ),
  workers: option(workers, 1, "Processes that run the sessions; more than 1 to use several cores."),
  consoleauth: group({
    enforce_session_timeout: option(
      flag,
      false,
      "End a session when its token expires. Off, tokens only gate the opening (Nova's option).",
    ),
    token_ttl: option(someSeconds, 600, "Lifetime in seconds of tokens whose issuer names none (Nova's option)."),
  }),
  sessions: group({
    warn_before: option(
      v.pipe(
        v.array(someSeconds, "expected a list of seconds"),
        v.transform((list) => list.toSorted((a, b) => b - a)),
      ),
      [300, 60, 10],
      "How many seconds before the deadline clients are warned.",
    ),
    max_duration: option(
      v.nullable(someSeconds),
      null,
      "Longest life of a session in seconds, whatever its token says. Holds with enforcement off, too.",
    ),
    idle_timeout: option(
      v.nullable(someSeconds),
      null,
      "Seconds without a key, a pointer move or a paste after which a session ends. Holds with enforcement off, too.",
    ),
    drain_timeout: option(seconds, 10, "Seconds that running sessions get to finish when the gateway stops."),
    max: option(v.nullable(count), null, "How many sessions may run; more are refused as `server_busy`."),
    max_per_client: option(v.nullable(count), null, "The same, for the sessions from one IP address."),
    max_per_instance: option(v.nullable(count), null, "The same, for the sessions of one machine."),
    on_limit_per_instance: option(
      v.picklist(["refuse", "replace"], 'expected "refuse" or "replace"'),
      "refuse",
      "At `max_per_instance`: `refuse` a new session, or let it `replace` the machine's oldest one.",
    ),
  }),
  console: group({
    allowed_origins: option(
      v.array(allowedOrigin, "expected a list of hosts or origins"),
      [],
      "Other sites that may open consoles: `host[:port]`, or `https://host[:port]` to bind the scheme too.",
    ),
    frame_ancestors: option(
      v.nullable(v.array(allowedOrigin, "expected a list of hosts or origins")),
      null,
      "Other policy that may show the page in a frame, in the same form; by default those of `console.allowed_origins`.",
    ),
    renew_paths: option(
      v.array(path, "expected a list of paths"),
      ["/"],
      "Paths, with all below them, where links may have the page ask for a new token; by default all of them.",
    ),
    contact_url: option(
      v.nullable(contactUrl),
      null,
      "Where people reach you, as `https:`, `mailto:` or `tel:`: a link at the ends for which they are told to ask you.",
    ),
    base_url: option(
      v.nullable(httpUrl),
      null,
      "Start of the console URLs that tokens are issued with; by default the listener's own address.",
    ),
    ssl_minimum_version: option(
      v.picklist(tlsMinimums, `expected one of ${tlsMinimums.join(", ")}`),
      "default",
      "Oldest TLS version for browsers: `default` (Node's own, TLS 1.2), `tlsv1_2` or `tlsv1_3` (Nova's option).",
    ),
    ssl_ciphers: option(
      v.nullable(text),
      null,
      "OpenSSL cipher list for TLS 1.2; by default Node's own. Those of TLS 1.3 stay unless it names some (Nova's option).",
    ),
  }),
  targets: group({
    allow: option(
      v.array(network, "expected a list of networks"),
      ["127.0.0.0/8", "::1"],
      "Networks and ports that may be dialled, such as `10.0.0.0/8:5900-5999`.",
    ),
    connect_timeout: option(timerSeconds, 10, "Seconds that a target has to accept the connection."),
  }),
  tokens: group({
    source: option(v.picklist(["sqlite"], 'expected "sqlite"'), "sqlite", "Where grants are looked up."),
    path: option(text, defaultTokensPath(), "The token store's file, or `:memory:`."),
  }),
  admin: group({
    listen: option(address, "127.0.0.1:6081", "Where the admin API, `/healthz` and `/metrics` listen."),
    key: option(v.nullable(text), null, "Bearer key of the admin API; by default one is generated and printed once."),
  }),
  log: group({
    level: option(
      v.picklist(levels, `expected one of ${levels.join(", ")}`),
      "info",
      "Least severe level that is logged.",
    ),
  }),
});

/**
 * Checks a configuration as written and fills in the defaults.
 *
 * @throws ConfigError that names each wrong value by its path, and what was expected.
 */
export function parseConfig(input: unknown): Config {
  if (Array.isArray(input)) throw new ConfigError(["(top level): expected options by name, but got a list"]);
  const result = v.safeParse(schema, withEveryGroup(input ?? {}), { abortPipeEarly: true });
  if (result.success) return validateTogether(result.output);
  throw new ConfigError(result.issues.map(describeIssue));
}

/** What the options must be to each other. */
function validateTogether(config: Config): Config {
  if (config.key !== null && config.cert === null) {
    throw new ConfigError(["key: expected cert, too: a key without its certificate is of no use"]);
  }
  return config;
}

/** A group that is absent, or empty in YAML (null), takes all its defaults. */
function withEveryGroup(input: unknown): unknown {
  if (typeof input !== "object" || input === null) return input;
  const groups = Object.keys(schema.entries).filter((name) => !("pipe" in schema.entries[name as keyof Config]));
  const written: Record<string, unknown> = { ...input };
  return { ...written, ...Object.fromEntries(groups.map((name) => [name, written[name] ?? {}])) };
}

/** One or more values of a configuration are wrong; `problems` has a line for each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** An option as the options table shows it. */
export interface OptionDescription {
  /** Dotted path, such as `sessions.warn_before`. */
  readonly path: string;
  readonly default: unknown;
  readonly description: string;
}

/** Every option, in the order of the schema. */
export function describeOptions(): readonly OptionDescription[] {
  return Object.entries(schema.entries).flatMap(([name, entry]): OptionDescription[] => {
    if ("pipe" in entry) return [describeOption(name, entry)];
    return Object.entries(entry.entries).map(([inner, leaf]) => describeOption(`${name}.${inner}`, leaf));
  });
}

function describeOption(path: string, entry: v.GenericSchema): OptionDescription {
  return { path, default: v.getDefault(entry), description: v.getDescription(entry) ?? "" };
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "(top level)";
  if (issue.type === "strict_object" && issue.expected === "never") {
    return `${path}: there is no such option`;
  }
  // A key may also stand where its group belongs.
  const secret = path === "admin.key" || path === "admin";
  const got = secret || issue.message.includes("but got") ? "" : `, but got ${JSON.stringify(issue.input)}`;
  return `${path}: ${issue.message}${got}`;
}

/** The service manager's folder where there is one (systemd sets it), else the user's (XDG base directories). */
function defaultTokensPath(): string {
  const { STATE_DIRECTORY, XDG_STATE_HOME } = process.env;
  return join(STATE_DIRECTORY ?? join(XDG_STATE_HOME ?? join(homedir(), ".local/state"), "curfew"), "tokens.db");
}

function option<const S extends v.GenericSchema, const D extends v.InferInput<S>>(
  of: S,
  fallback: D,
  sentence: string,
) {
  return v.pipe(v.optional(of, fallback), v.description(sentence));
}

function group<const E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(entries, "expected a group of options");
}

type RawTransform<T> = Parameters<typeof v.rawTransform<string, T>>[0];
type RawCheck = Parameters<typeof v.rawCheck<string>>[0];

/** A parser that throws, as a step of a schema. */
function translate<T>(parse: (value: string) => T): RawTransform<T> {
  return ({ dataset, addIssue, NEVER }) => {
    try {
      return parse(dataset.value);
    } catch (error) {
      addIssue({ message: error instanceof Error ? error.message : String(error) });
      return NEVER;
    }
  };
}

/** As {@link translate}, where the value stays as it was written. */
function reject(parse: (value: string) => unknown): RawCheck {
  return ({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    try {
      parse(dataset.value);
    } catch (error) {
      addIssue({ message: error instanceof Error ? error.message : String(error) });
    }
  };
}
