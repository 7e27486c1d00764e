import { hasControlCharacter } from "./url-parameters.ts";

/** Longest token accepted, in characters. A longer one does not fit in a request header. */
const LONGEST_TOKEN = 8192;

/** Whether `value` can be a token: a string that is neither empty nor too long and has no control characters. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= LONGEST_TOKEN && !hasControlCharacter(value);
}
