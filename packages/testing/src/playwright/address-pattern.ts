/**
 * The regular expression of a WebSocket's address. In a string, `**` stands for anything and `*` for anything but a
 * slash; the query counts only where the string has one. `http:` and `https:` mean `ws:` and `wss:`.
 */
export function addressPattern(url: string | RegExp): RegExp {
  if (url instanceof RegExp) {
    // A pattern that remembers where it was would match every other time.
    return new RegExp(url.source, url.flags.replaceAll(/[gy]/g, ""));
  }
  const parts = url.replace(/^http/, "ws").split(/(\*\*|\*)/);
  const body = parts.map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]*" : literal(part))).join("");
  return new RegExp(url.includes("?") ? `^${body}$` : `^${body}(?:\\?.*)?$`);
}

function literal(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
}
