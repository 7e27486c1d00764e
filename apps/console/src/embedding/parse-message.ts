import { isToken } from "../link/token.ts";
import type { ParentMessage } from "./messages.ts";

/**
 * Reads a message from the page around this one; null for one that is not meant for us, as other
 * scripts of that page may send.
 *
 * @throws TypeError that names the value and what was expected; a token is never named
 */
export function parseParentMessage(data: unknown): ParentMessage | null {
  if (typeof data !== "object" || data === null || !("curfew" in data)) return null;
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

const longest = 60;

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
