import * as v from "valibot";

/** An entry of `tokens.sources`, which `type` tells from the others, after defaults and checks. */
export type TokenSourceConfig = never;

/** An entry of `tokens.sources` as written. */
export type TokenSourceInput = never;

/** The options of each type of token source. A new type also needs a line in `tokens/open.ts`. */
const schemas = [] as const;

/** An entry of `tokens.sources`. */
export const tokenSource: v.GenericSchema<TokenSourceInput, TokenSourceConfig> = v.variant(
  "type",
  schemas,
  "expected a type of token source; there are none yet",
);
