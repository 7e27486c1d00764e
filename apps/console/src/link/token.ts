import { hasControlCharacter } from "./parameters.ts";

/** Longest token accepted, in characters: more does not fit in a request header. */
const longestToken = 8192;

/** Whether `value` can be a token: text, neither empty nor too long, without control characters. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= longestToken && !hasControlCharacter(value);
}
