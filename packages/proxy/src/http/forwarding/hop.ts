import { isIP } from "node:net";
import { parseIp } from "../../net/ip.ts";
import { isHost } from "../request-target.ts";

/** The scheme that a page was requested with. */
export type PageScheme = "http" | "https";

/** What one proxy says about the request that it received. */
export interface Hop {
  /** IP address of who sent it; undefined where the proxy hides or does not know it. */
  readonly address: string | undefined;
  /** How it was sent. */
  readonly scheme: PageScheme | undefined;
  /** The authority that it was for, as in `Host`. */
  readonly host: string | undefined;
}

/** A longer text is no address with a port. */
const MAX_NODE = 64;

/** The longest name in the DNS with a port, in characters. */
const MAX_HOST = 259;

const SCHEMES: Readonly<Record<string, PageScheme>> = { http: "http", https: "https", ws: "http", wss: "https" };

/**
 * The IP address in a node identifier (RFC 7239, section 6): IPv4, or IPv6 in brackets, each with an optional port. In
 * `X-Forwarded-For` IPv6 stands without brackets, too.
 *
 * @returns undefined for `unknown`, an obfuscated identifier such as `_hidden`, and everything else.
 */
export function parseNode(text: string): string | undefined {
  if (text.length > MAX_NODE) return undefined;
  const match = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::(?:\d{1,5}|_[\w.-]+))?$/i.exec(text);
  const address = match?.[1] ?? match?.[2] ?? text;
  if (address.includes("%") || (match?.[1] !== undefined && isIP(address) !== 6)) return undefined;
  return parseIp(address)?.address;
}

/** The scheme of a page; that of its WebSocket counts, too. */
export function parseScheme(text: string | undefined): PageScheme | undefined {
  const name = text?.toLowerCase() ?? "";
  return Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
}

/** A host with an optional port. */
export function parseHost(text: string | undefined): string | undefined {
  return text !== undefined && text !== "" && text.length <= MAX_HOST && isHost(text) ? text : undefined;
}
