import { sha256 } from "../sha256.ts";

/**
 * The id of a token whose system gives it none: 128 bits of its digest, which are the same in every process and reveal
 * nothing.
 */
export function digestId(token: string): string {
  return sha256(token).toString("base64url").slice(0, 22);
}
