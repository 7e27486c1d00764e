import { isIPv4, isIPv6 } from "node:net";
import { parseIp } from "../../net/ip.ts";
import type { PageScheme } from "./hop.ts";

/** What a header of the PROXY protocol says about the connection that follows it. */
export interface ProxyHeader {
  /** How many bytes it has. */
  readonly length: number;
  /** IP address of the client; undefined for a connection of the proxy's own, and where it does not know. */
  readonly source: string | undefined;
  /** `https` where the client speaks TLS with the proxy, which only version 2 can say. */
  readonly scheme: PageScheme | undefined;
}

/** What the first bytes of a connection are. */
export type ProxyHeaderResult = ProxyHeader | "incomplete" | "none" | "malformed";

const V1_START = Buffer.from("PROXY ");
const V2_START = Buffer.from("\r\n\r\n\0\r\nQUIT\n");

/** The longest header of version 1, with its line break. */
const V1_MAX = 107;

/** Bytes of version 2 in front of the addresses. */
const V2_FIXED = 16;

/** The most that version 2 may have behind that: HAProxy sends some hundred bytes. */
const V2_MAX = 4096;

/** The longest header that is read, in bytes. */
export const MAX_PROXY_HEADER: number = V2_FIXED + V2_MAX;

/** Bytes of the two addresses and ports, by version 2's number of an address family and a transport. */
const V2_FAMILIES: Readonly<Record<number, { readonly bytes: number; readonly addressBytes: number }>> = {
  0x11: { bytes: 12, addressBytes: 4 },
  0x21: { bytes: 36, addressBytes: 16 },
};

const LOCAL = 0x20;
const PROXY = 0x21;

/** Type of the field that describes TLS, and the bit in it for a client that uses it. */
const TLV_SSL = 0x20;
const CLIENT_SSL = 1;

/** Reads a header of the PROXY protocol, version 1 or 2 (HAProxy's `proxy-protocol.txt`). */
export function parseProxyHeader(bytes: Buffer): ProxyHeaderResult {
  if (startsLike(bytes, V1_START)) return bytes.length < V1_START.length ? "incomplete" : parseV1(bytes);
  if (startsLike(bytes, V2_START)) return bytes.length < V2_FIXED ? "incomplete" : parseV2(bytes);
  return "none";
}

/** Whether these are the first bytes, as far as there are any. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function parseV1(bytes: Buffer): ProxyHeaderResult {
  const end = bytes.subarray(0, V1_MAX).indexOf("\r\n");
  if (end < 0) return bytes.length < V1_MAX ? "incomplete" : "malformed";
  const length = end + 2;
  const [, family, source = "", destination = "", ...ports] = bytes.toString("latin1", 0, end).split(" ");
  if (family === "UNKNOWN") return { length, source: undefined, scheme: undefined };
  const isAddress = family === "TCP4" ? isIPv4 : isIPv6;
  const isKnown = family === "TCP4" || family === "TCP6";
  const isRight = isKnown && isAddress(source) && isAddress(destination) && !source.includes("%");
  if (!isRight || ports.length !== 2 || !ports.every(isPort)) return "malformed";
  return { length, source: parseIp(source)?.address, scheme: undefined };
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function parseV2(bytes: Buffer): ProxyHeaderResult {
  const [command, family = 0] = bytes.subarray(V2_START.length);
  const length = V2_FIXED + bytes.readUInt16BE(14);
  if ((command !== LOCAL && command !== PROXY) || length > MAX_PROXY_HEADER) return "malformed";
  if (bytes.length < length) return "incomplete";
  const layout = V2_FAMILIES[family];
  // A Unix socket, for example.
  if (command === LOCAL || layout === undefined) return { length, source: undefined, scheme: undefined };
  const body = bytes.subarray(V2_FIXED, length);
  if (body.length < layout.bytes) return "malformed";
  const source = formatIp(body.subarray(0, layout.addressBytes));
  return { length, source, scheme: parseFields(body.subarray(layout.bytes)) };
}

function formatIp(bytes: Buffer): string | undefined {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  return parseIp(groups.join(":"))?.address;
}

/** The scheme, from what follows the addresses. */
function parseFields(fields: Buffer): PageScheme | undefined {
  for (let rest = fields; rest.length >= 3;) {
    const next = 3 + rest.readUInt16BE(1);
    if (rest[0] === TLV_SSL && next > 3) return ((rest[3] ?? 0) & CLIENT_SSL) === 0 ? "http" : "https";
    rest = rest.subarray(next);
  }
  return undefined;
}
