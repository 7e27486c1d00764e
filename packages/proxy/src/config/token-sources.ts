import * as v from "valibot";
import { describe, type OptionDescription } from "./option.ts";

/** An entry of `tokens.sources`, which `type` tells from the others, after defaults and checks. */
export type TokenSourceConfig = never;

/** An entry of `tokens.sources` as written. */
export type TokenSourceInput = never;

type SourceSchema = v.StrictObjectSchema<
  v.ObjectEntries & { readonly type: v.LiteralSchema<string, undefined> },
  string
>;

/** The options of each type of token source. A new type also needs a line in `tokens/open.ts`. */
const schemas = [] as const satisfies readonly SourceSchema[];

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
