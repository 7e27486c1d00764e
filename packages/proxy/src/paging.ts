/** How many entries of a list one answer has unless it is asked for fewer. */
export const MAX_PAGE = 1000;

/** Which part of a list is asked for. */
export interface PageRequest {
  /** The most entries to return, from 1 to 1,000. @defaultValue 1,000 */
  readonly limit?: number | undefined;
  /** The `next` of the page before. @defaultValue the first page */
  readonly after?: string | undefined;
}

/** A place in a list that is in the order of instants, and of ids where these are equal. */
export interface Position {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly id: string;
}

/** A page was asked for that cannot exist. The message names the value and what was expected. */
export class BadPage extends Error {
  override readonly name = "BadPage";
}

/** What names a place in a list to a caller. */
export function formatPosition({ at, id }: Position): string {
  return `${at}.${id}`;
}

/**
 * The reverse of {@link formatPosition}.
 *
 * @throws BadPage
 */
export function parsePosition(text: string): Position {
  const match = /^(\d{1,16})\.([\x21-\x7e]{1,256})$/.exec(text);
  if (match === null)
    throw new BadPage(`after: expected the \`next\` of a page, but got ${JSON.stringify(text.slice(0, 100))}`);
  return { at: Number(match[1]), id: match[2] ?? "" };
}

/**
 * Checks how many entries are asked for.
 *
 * @throws BadPage
 */
export function pageLimit(limit: number = MAX_PAGE): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return limit;
  throw new BadPage(`limit: expected a whole number from 1 to ${MAX_PAGE}, but got ${limit}`);
}
