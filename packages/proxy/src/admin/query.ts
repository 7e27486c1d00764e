import type { Context } from "hono";
import * as v from "valibot";
import { type Query, QUERY_PARAMETERS } from "./request-schemas.ts";

/** How much of a wrong value is repeated, in characters. */
const MAX_QUOTE = 100;

/** A query that is not what was expected; the message names the parameter. */
export class BadQuery extends Error {
  override readonly name = "BadQuery";
}

/**
 * The parameters of a request's query.
 *
 * @param names - the parameters that the request has.
 * @throws BadQuery for a wrong value, and for any other parameter: a misspelled filter would select everything.
 */
export function readQuery(c: Context, names: readonly (keyof Query)[]): Query {
  const written = c.req.query();
  const unknown = Object.keys(written).find((key) => !(names as readonly string[]).includes(key));
  if (unknown !== undefined) {
    const expected = names.length === 0 ? "none" : names.join(", ");
    throw new BadQuery(`${unknown.slice(0, MAX_QUOTE)}: there is no such parameter; expected ${expected}`);
  }
  const repeated = Object.entries(c.req.queries()).find(([, values]) => values.length > 1)?.[0];
  if (repeated !== undefined) throw new BadQuery(`${repeated}: expected it once`);
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, read(name as keyof Query, value)]));
}

function read(name: keyof Query, value: string): unknown {
  const result = v.safeParse(QUERY_PARAMETERS[name], value);
  if (result.success) return result.output;
  throw new BadQuery(`${name}: ${result.issues[0].message}, but got ${JSON.stringify(value.slice(0, MAX_QUOTE))}`);
}
