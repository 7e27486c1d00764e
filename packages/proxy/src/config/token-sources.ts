import * as v from "valibot";
import { describe, option, type OptionDescription, options } from "./option-schema.ts";
import * as value from "./value-schemas.ts";

/** An entry of `tokens.sources`, which `type` tells from the others, after defaults and checks. */
export type TokenSourceConfig = { readonly type: "http"; readonly url: string; readonly timeout: number };

/** An entry of `tokens.sources` as written. */
export type TokenSourceInput = {
  readonly type: "http";
  readonly url: string;
  readonly timeout?: number | undefined;
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

/** The options of each type of token source. A new type also needs a line in `tokens/open.ts`. */
const schemas = [http] as const satisfies readonly SourceSchema[];

const types: readonly string[] = (schemas as readonly SourceSchema[]).map(({ entries }) => entries.type.literal);

/** An entry of `tokens.sources`. */
export const tokenSource: v.GenericSchema<TokenSourceInput, TokenSourceConfig> = v.variant(
  "type",
  schemas,
  `expected one of ${types.join(", ")}`,
);

/** The options of each type of token source, besides `type`. */
export function describeTokenSources(): Readonly<Record<string, readonly OptionDescription[]>> {
  const all: readonly SourceSchema[] = schemas;
  return Object.fromEntries(all.map((schema) => [schema.entries.type.literal, describe(schema)]));
}
