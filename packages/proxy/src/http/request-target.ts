import type { IncomingMessage } from "node:http";

/** What a request asks for (RFC 9112, section 3.2). */
export interface RequestTarget {
  /** The path, as written: without the query, and not decoded. */
  readonly path: string;
  /** What follows the first question mark. */
  readonly query: string;
  /** The authority that the client asked for, as in `Host`; undefined where it named none. */
  readonly host: string | undefined;
}

/** A host with an optional port: no spaces, no lists, no user, no path. */
const HOST = /^(?:\[[\da-f:.]+\]|[^\s,/?#@\\[\]:]*)(?::\d*)?$/i;

/** Whether a text has the form of `Host`. */
export function isHost(text: string): boolean {
  return HOST.test(text);
}

/**
 * The target of a request, in origin form (`/path`) or in absolute form (`http://host/path`), which overrides `Host`.
 *
 * @returns undefined when `Host` is missing, sent twice or malformed, or the target has another form: such a request
 * is answered with 400 (sections 3.2 and 3.2.2).
 */
export function readTarget(
  request: Pick<IncomingMessage, "url" | "rawHeaders" | "httpVersion">,
): RequestTarget | undefined {
  const { url = "" } = request;
  const host = readHost(request);
  if (host === null) return undefined;
  if (url.startsWith("/") || url === "*") return { ...splitQuery(url), host };
  const absolute = /^https?:\/\//i.test(url) ? URL.parse(url) : null;
  // Cut from what was written: URL would resolve dot segments.
  const pathStart = url.indexOf("/", url.indexOf("//") + 2);
  return absolute === null
    ? undefined
    : { ...splitQuery(pathStart < 0 ? `/${absolute.search}` : url.slice(pathStart)), host: absolute.host };
}

/** `Host`; undefined where HTTP/1.0 has none, null where it is wrong. Node keeps only the first of several. */
function readHost({
  rawHeaders,
  httpVersion,
}: Pick<IncomingMessage, "rawHeaders" | "httpVersion">): string | undefined | null {
  let host: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length !== 4 || name.toLowerCase() !== "host") continue;
    if (host !== undefined) return null;
    host = rawHeaders[index + 1] ?? "";
  }
  if (host === undefined) return httpVersion === "1.0" ? undefined : null;
  return isHost(host) ? host : null;
}

function splitQuery(target: string): { path: string; query: string } {
  const mark = target.indexOf("?");
  return mark < 0 ? { path: target, query: "" } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
