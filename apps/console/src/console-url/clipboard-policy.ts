import type { ClipboardDirection, ClipboardOptions } from "@curfew/client/vnc";

const DIRECTIONS: readonly string[] = ["both", "to-machine", "from-machine", "none"] satisfies ClipboardDirection[];

/**
 * What the operator allows: a direction and, where there is a limit, the bytes of the longest text. Empty allows
 * everything: the page was not served by a gateway. Anything else allows nothing.
 */
export function parseClipboardPolicy(written: string): ClipboardOptions {
  if (written === "") return {};
  const [direction = "", bytes] = written.split(" ");
  if (!DIRECTIONS.includes(direction) || (bytes !== undefined && !/^\d+$/.test(bytes))) return { clipboard: "none" };
  const clipboard = direction as ClipboardDirection;
  return bytes === undefined ? { clipboard } : { clipboard, maxClipboardBytes: Number(bytes) };
}
