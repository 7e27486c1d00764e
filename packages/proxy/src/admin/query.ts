import type { Context } from "hono";
import * as v from "valibot";
import { CONSOLE_TYPES } from "../consoles/index.ts";
import type { SessionFilter } from "../control/session-control.ts";
import type { PageRequest } from "../paging.ts";
import { printable } from "../printable.ts";

/** The longest sentence that an operator can write to users, in characters. */
const MAX_MESSAGE = 500;

/** A query that is not what was expected; the message names the parameter. */
export class BadQuery extends Error {
  override readonly name = "BadQuery";
}

/**
 * The parameters of a request's query.
 *
 * @param names - the parameters that the request has.
 * @throws BadQuery for any other: a misspelled filter would select everything.
 */
export function readQuery<Name extends string>(c: Context, ...names: Name[]): { readonly [K in Name]?: string } {
  const query = c.req.query();
  const unknown = Object.keys(query).find((key) => !(names as string[]).includes(key));
  if (unknown === undefined) return query as { readonly [K in Name]?: string };
  const expected = names.length === 0 ? "none" : names.join(", ");
  throw new BadQuery(`${unknown.slice(0, 100)}: there is no such parameter; expected ${expected}`);
}

/** The page that a query asks for; whether it can exist is checked by what lists. */
export function pageRequest({ limit, after }: { readonly limit?: string; readonly after?: string }): PageRequest {
  return { after, limit: limit === undefined ? undefined : Number(limit.trim() || Number.NaN) };
}

/** @throws BadQuery for a type that no console has. */
export function sessionFilter(query: { readonly [K in "instance" | "type" | "user"]?: string }): SessionFilter {
  const { instance, type, user } = query;
  if (type !== undefined && !v.is(v.picklist(CONSOLE_TYPES), type)) {
    throw new BadQuery(`type: expected ${CONSOLE_TYPES.join(" or ")}, but got ${JSON.stringify(type.slice(0, 100))}`);
  }
  return { instance, type, user };
}

/**
 * What an operator writes to the users whose sessions they end.
 *
 * @throws BadQuery for a text that is empty, too long, or could control what shows it.
 */
export function operatorMessage({ message }: { readonly message?: string | undefined }): string | undefined {
  if (message === undefined) return undefined;
  const isText = message.trim() !== "" && message.length <= MAX_MESSAGE && printable(message) === message;
  if (!isText) throw new BadQuery(`message: expected a line of text of 1 to ${MAX_MESSAGE} characters`);
  return message;
}
