import { type Hop, parseHost, parseNode, parseScheme } from "./hop.ts";

/** A pair of an element, or nothing, up to the next semicolon. Values that should be quoted often are not. */
const PAIR = /[\t ]*(?:([!#$%&'*+.^_`|~\w-]+)=(?:([^\s;,"]+)|"((?:[^"\\]|\\.)*)")[\t ]*)?(?:;|$)/gy;

const UNKNOWN: Hop = { address: undefined, scheme: undefined, host: undefined };

/**
 * The elements of `Forwarded` (RFC 7239), the last one first: that is the nearest proxy's. They are read from the end, so
 * that what a client wrote in front, such as an open quote, does not change how they are read.
 */
export function* forwardedHops(header: string): Generator<Hop, void, undefined> {
  for (let end = header.length; end >= 0;) {
    const comma = lastComma(header, end);
    const element = header.slice(comma + 1, end).trim();
    if (element !== "") yield parseElement(element);
    end = comma;
  }
}

/** Where the last comma in front of `end` is that is in no quoted text; -1 for none. */
function lastComma(text: string, end: number): number {
  let isQuoted = false;
  for (let index = end - 1; index >= 0; index -= 1) {
    if (text[index] === '"' && !(isQuoted && isEscaped(text, index))) isQuoted = !isQuoted;
    if (text[index] === "," && !isQuoted) return index;
  }
  return -1;
}

function isEscaped(text: string, index: number): boolean {
  let start = index;
  while (text[start - 1] === "\\") start -= 1;
  return (index - start) % 2 === 1;
}

/** An element that is malformed, or has a parameter twice, says nothing. */
function parseElement(element: string): Hop {
  const values = new Map<string, string>();
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < element.length) {
    const match = PAIR.exec(element);
    if (match === null) return UNKNOWN;
    const [, name, token, quoted = ""] = match;
    if (name === undefined) continue;
    if (values.has(name.toLowerCase())) return UNKNOWN;
    values.set(name.toLowerCase(), token ?? quoted.replaceAll(/\\(.)/g, "$1"));
  }
  return {
    address: parseNode(values.get("for") ?? ""),
    scheme: parseScheme(values.get("proto")),
    host: parseHost(values.get("host")),
  };
}
