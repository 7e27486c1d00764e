import * as v from "valibot";
import { describe, noList, option, type OptionDescription, options, secret } from "./option-schema.ts";
import * as value from "./value-schemas.ts";

/** An entry of `tokens.sources`, which `type` tells from the others, after defaults and checks. */
export type TokenSourceConfig =
  | { readonly type: "http"; readonly url: string; readonly timeout: number }
  | {
      readonly type: "nova";
      readonly database: string | null;
      readonly api_database: string | null;
      readonly transport_url: string | null;
      readonly timeout: number;
      readonly max_connections: number;
    };

/** An entry of `tokens.sources` as written. */
export type TokenSourceInput =
  | { readonly type: "http"; readonly url: string; readonly timeout?: number | undefined }
  | {
      readonly type: "nova";
      readonly database?: string | null | undefined;
      readonly api_database?: string | null | undefined;
      readonly transport_url?: string | null | undefined;
      readonly timeout?: number | undefined;
      readonly max_connections?: number | undefined;
    };

type SourceSchema = v.StrictObjectSchema<
  v.ObjectEntries & { readonly type: v.LiteralSchema<string, undefined> },
  string
>;

const http = options({
  type: v.literal("http"),
  url: v.pipe(
    value.httpUrl,
    v.check((url) => {
      const { username, password } = new URL(url);
      return username + password === "";
    }, "expected a URL without user and password"),
    v.description("URL of the service that looks tokens up."),
  ),
  timeout: option(value.timerSeconds, 5, "Seconds that a lookup may take."),
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
const schemas = [http, nova] as const satisfies readonly SourceSchema[];

const types: readonly string[] = (schemas as readonly SourceSchema[]).map(({ entries }) => entries.type.literal);

/** An entry of `tokens.sources`. */
export const tokenSource: v.GenericSchema<unknown, TokenSourceConfig> = noList(
  v.variant("type", schemas, `expected one of ${types.join(", ")}`),
);

/** The options of each type of token source, besides `type`. */
export function describeTokenSources(): Readonly<Record<string, readonly OptionDescription[]>> {
  const all: readonly SourceSchema[] = schemas;
  return Object.fromEntries(all.map((schema) => [schema.entries.type.literal, describe(schema)]));
}
