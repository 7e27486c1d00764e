import { isToken } from "../console-url/token.ts";
import type { ParentMessage } from "./messages.ts";

/**
 * Parses a message from the embedding page. Undefined for a message that is not for this page: other scripts of the
 * embedding page may send their own.
 *
 * @throws TypeError that names the value and what was expected; a token is never quoted
 */
export function parseParentMessage(data: unknown): ParentMessage | undefined {
  if (typeof data !== "object" || data === null || !("curfew" in data)) return undefined;
  if (data.curfew !== 1) throw new TypeError(`curfew: expected 1, but got ${shown(data.curfew)}`);
  const type = "type" in data ? data.type : undefined;
  switch (type) {
    case "focus":
    case "can-renew":
    case "close":
      return { curfew: 1, type };
    case "renew": {
      const token = "token" in data ? data.token : undefined;
      if (isToken(token)) return { curfew: 1, type, token };
      throw new TypeError(
        `token: expected a token as text, but got ${typeof token === "string" ? "other text" : shown(token)}`,
      );
    }
    default:
      throw new TypeError(`type: expected "focus", "can-renew", "renew" or "close", but got ${shown(type)}`);
  }
}

/** A longer value is shortened in error messages, in characters. */
const LONGEST_SHOWN = 60;

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
