import { hash } from "node:crypto";

/** The SHA-256 digest of all parts, one after the other. */
export function sha256(...parts: readonly (string | Uint8Array)[]): Buffer {
  const [first = "", ...rest] = parts;
  return hash("sha256", rest.length === 0 ? first : Buffer.concat(parts.map((part) => Buffer.from(part))), "buffer");
}
