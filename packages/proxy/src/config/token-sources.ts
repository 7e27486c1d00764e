import * as v from "valibot";
import { describe, noList, option, type OptionDescription, options, secret } from "./option-schema.ts";
import type { TokenSourceConfig } from "./token-source-config.ts";
import * as value from "./value-schemas.ts";

type SourceSchema = v.StrictObjectSchema<
  v.ObjectEntries & { readonly type: v.LiteralSchema<string, undefined> },
  string
>;

const TYPES = ["vnc", "serial", "spice"] as const;
const consoleType = v.picklist(TYPES, 'expected "vnc", "serial" or "spice"');
const entryType = option(
  consoleType,
  "vnc",
  "Type of the consoles where a token names none: `vnc`, `serial` or `spice`.",
);
const onlyType = option(consoleType, "vnc", "Type of all its consoles: `vnc`, `serial` or `spice`.");

const urlWithoutUser = v.pipe(
  value.httpUrl,
  v.check((url) => {
    const { username, password } = new URL(url);
    return username + password === "";
  }, "expected a URL without user and password"),
);

const http = options({
  type: v.literal("http"),
  url: v.pipe(
    urlWithoutUser,
    v.description(
      "URL of the service that looks tokens up; with `%s` in it, the token is put there, as websockify does it.",
    ),
  ),
  timeout: option(value.timerSeconds, 5, "Seconds that a lookup may take."),
  bearer_token: option(
    v.nullable(secret(value.bearerKey)),
    null,
    "Presented to the service as `Authorization: Bearer`, 16 or more ASCII characters without spaces.",
  ),
  console_type: entryType,
});

const jwt = options({
  type: v.literal("jwt"),
  key_file: option(
    v.nullable(value.pemFile),
    null,
    "File with the key: PEM, a JSON Web Key (set), or a secret as base64url. Either this or `jwks_url` is required.",
  ),
  jwks_url: option(v.nullable(urlWithoutUser), null, "URL of a JSON Web Key Set with the public keys."),
  decryption_key_file: option(
    v.nullable(value.pemFile),
    null,
    "File with the key that encrypted tokens are decrypted with; by default that of `key_file`.",
  ),
  issuer: option(v.nullable(value.text), null, "`iss` that a token must have; by default it is not compared."),
  audience: option(
    v.nullable(
      v.pipe(v.array(value.text, "expected a list of strings"), v.minLength(1, "expected one or more strings")),
    ),
    null,
    "One of these must be in a token's `aud`; by default it is not compared.",
  ),
  user_claim: option(value.text, "sub", "Claim that names the user."),
  console_type: entryType,
  timeout: option(value.timerSeconds, 5, "Seconds that fetching `jwks_url` may take."),
});

const redis = options({
  type: v.literal("redis"),
  url: v.pipe(
    secret(value.redisUrl),
    v.description("`redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS."),
  ),
  namespace: option(
    v.nullable(value.text),
    null,
    "A token's key is this, a colon and the token; by default the token alone.",
  ),
  console_type: entryType,
  timeout: option(value.timerSeconds, 5, "Seconds that a lookup may take."),
});

const file = options({
  type: v.literal("file"),
  path: v.pipe(value.text, v.description("File with a line `token: host:port` for each token.")),
  console_type: onlyType,
});

const directory = options({
  type: v.literal("directory"),
  path: v.pipe(value.text, v.description("The folder.")),
  format: option(
    v.picklist(["lines", "names"], 'expected "lines" or "names"'),
    "lines",
    "`lines`: its files are token files. `names`: the name of a file is the token, and the file holds `host:port`.",
  ),
  console_type: onlyType,
});

const unixDirectory = options({
  type: v.literal("unix_directory"),
  path: v.pipe(value.text, v.description("Folder of Unix sockets; the name of a socket is the token.")),
  console_type: onlyType,
});

const fixed = options({
  type: v.literal("fixed"),
  endpoint: v.pipe(
    value.endpoint,
    v.description(
      "The console that clients open with `tokens.from: none`: `host:port`, `tls://host:port` or `unix:/path`.",
    ),
  ),
  console_type: onlyType,
});

const databaseUrl = secret(value.databaseUrl);

const nova = options({
  type: v.literal("nova"),
  database: option(
    v.nullable(databaseUrl),
    null,
    "URL of the cell database (Nova's `[database] connection`). Also fills the templates of `cell_mappings`.",
  ),
  api_database: option(
    v.nullable(databaseUrl),
    null,
    "URL of the API database (Nova's `[api_database] connection`); tokens are then looked up in all its cells.",
  ),
  transport_url: option(
    v.nullable(secret(value.transportUrl)),
    null,
    "Nova's `[DEFAULT] transport_url`: the message queue of `database`. Also fills the templates of `cell_mappings`.",
  ),
  timeout: option(value.timerSeconds, 5, "Seconds that a lookup may take in one database."),
  max_connections: option(
    value.count,
    10,
    "Maximum number of connections to databases in one process; each cell has at least one.",
  ),
});

/** The options of each type of token source. A new type also needs a line in `tokens/open.ts`. */
const schemas = [
  jwt,
  file,
  directory,
  unixDirectory,
  redis,
  http,
  fixed,
  nova,
] as const satisfies readonly SourceSchema[];

const types: readonly string[] = (schemas as readonly SourceSchema[]).map(({ entries }) => entries.type.literal);

/** An entry of `tokens.sources`. */
export const tokenSource: v.GenericSchema<unknown, TokenSourceConfig> = v.pipe(
  noList(v.variant("type", schemas, `expected one of ${types.join(", ")}`)),
  v.check(
    (source) => source.type !== "jwt" || (source.key_file === null) !== (source.jwks_url === null),
    "expected either key_file or jwks_url",
  ),
);

/** The options of each type of token source, besides `type`. */
export function describeTokenSources(): Readonly<Record<string, readonly OptionDescription[]>> {
  const all: readonly SourceSchema[] = schemas;
  return Object.fromEntries(all.map((schema) => [schema.entries.type.literal, describe(schema)]));
}
