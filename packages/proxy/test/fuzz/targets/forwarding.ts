import { isIP } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { forwardedClient } from "../../../src/http/forwarding/forwarded-client.ts";
import { forwardedHops } from "../../../src/http/forwarding/forwarded.ts";
import type { Hop } from "../../../src/http/forwarding/hop.ts";
import {
  MAX_PROXY_HEADER,
  parseProxyHeader,
  type ProxyHeaderResult,
} from "../../../src/http/forwarding/proxy-header.ts";
import { xForwardedHops } from "../../../src/http/forwarding/x-forwarded.ts";
import { TrustedProxies } from "../../../src/net/trusted-proxies.ts";
import { type FuzzTarget, pieces, pureTarget } from "../target.ts";

const PROXY = "10.0.0.1";
const TRUSTED = new TrustedProxies(["10.0.0.0/8", "fd00::/8"]);

/** What the nearest proxy adds behind everything that a client may have sent. */
const CLIENT = "203.0.113.9";

const V2 = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const V2_ADDRESSES = Buffer.from("c00002010a0000059c4017c0", "hex");
const V2_SSL = Buffer.from("0400030000002000050100000000", "hex");

/**
 * What proxies say of their clients: the PROXY protocol, `Forwarded` and `X-Forwarded-*`. Nothing throws, an address is
 * an IP address, a header is read the same wherever it is cut, and no client changes what the nearest proxy says of it.
 */
export const forwarding: FuzzTarget = pureTarget(
  "forwarding",
  [
    "PROXY TCP4 192.0.2.1 10.0.0.5 40000 6080\r\nGET / HTTP/1.1\r\n",
    "PROXY TCP6 2001:db8::17 ::ffff:10.0.0.5 40000 6080\r\n",
    "PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n",
    Buffer.concat([V2, Buffer.from([0x21, 0x11, 0, 26]), V2_ADDRESSES, V2_SSL]),
    Buffer.concat([V2, Buffer.from([0x20, 0, 0, 0]), Buffer.from("GET /")]),
    Buffer.concat([V2, Buffer.from([0x21, 0x21, 0, 36]), Buffer.alloc(36, 0x20)]),
    'for=192.0.2.60;proto=https;by=203.0.113.43;host="console.example:8443", for="[2001:db8:cafe::17]:4711"',
    'for=_hidden, for=unknown;proto=WSS, for="192.0.2.1:_port";host=a.example',
    'for="a\\"b, c", "',
    "192.0.2.1, 10.0.0.7:80, [fd00::1]:443, 2001:db8::1, https, a.example",
  ],
  (input, cuts) => {
    const text = input.toString("latin1");
    const x = { for: text, proto: text, host: text };
    const lists = [[...forwardedHops(text)], [...xForwardedHops(x)]];
    for (const hops of lists) for (const hop of hops) checkHop(hop);
    checkNearest(text);
    return [readProxyHeader(input, cuts), ...lists.map((hops) => hops.slice(0, 3).map(kindOf).join("+"))].join(" ");
  },
);

function readProxyHeader(input: Buffer, cuts: readonly number[]): string {
  const whole = parseProxyHeader(input);
  let seen = Buffer.alloc(0);
  for (const piece of pieces(input, cuts)) {
    seen = Buffer.concat([seen, piece]);
    const result = parseProxyHeader(seen);
    expect(result === "incomplete" || isDeepStrictEqual(result, whole), "read differently where it is cut");
  }
  expect(whole !== "incomplete" || input.length < MAX_PROXY_HEADER, "no bound");
  if (typeof whole === "string") return whole;
  expect(whole.length <= Math.min(input.length, MAX_PROXY_HEADER), "longer than what there is");
  expect(whole.source === undefined || isIP(whole.source) > 0, "a source that is no address");
  return describe(whole);
}

function describe({ source, scheme }: Exclude<ProxyHeaderResult, string>): string {
  return `${source === undefined ? "none" : `IPv${isIP(source)}`} ${scheme ?? ""}`;
}

function checkHop({ address, scheme, host }: Hop): void {
  expect(address === undefined || isIP(address) > 0, "a hop that is no address");
  expect(scheme === undefined || scheme === "http" || scheme === "https", "another scheme");
  expect(host === undefined || /^[^\s,/?#@\\]{1,259}$/.test(host), "a host that is a list, or has a path or a user");
}

/** Whatever a client sends, the proxy that appends its address is believed, and nothing in front of that. */
function checkNearest(text: string): void {
  const headers = [
    { forwarded: `${text}, for=${CLIENT};proto=https` },
    { "x-forwarded-for": `${text}, ${CLIENT}` },
    { "x-forwarded-for": [text, CLIENT] },
  ];
  for (const header of headers) {
    const client = forwardedClient(PROXY, header, TRUSTED);
    expect(client?.address === CLIENT, `${client?.address} in place of the client`);
  }
}

function kindOf({ address, scheme, host }: Hop): string {
  const known = address === undefined ? "?" : `${isIP(address)}${TRUSTED.has(address) ? "t" : ""}`;
  return `${known}${scheme ?? ""}${host === undefined ? "" : "h"}`;
}

function expect(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem);
}
