import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** Appended to a client's key (RFC 6455, section 1.3). */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Name of a subprotocol: a token (RFC 9110, section 5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What is wrong with an upgrade request, as a label of a metric. */
export const UPGRADE_FAULTS = [
  "target",
  "http_version",
  "method",
  "upgrade",
  "key",
  "version",
  "subprotocol",
  "forwarded",
] as const;

/** Why an upgrade request cannot be answered with a WebSocket. */
export interface Refusal {
  readonly fault: (typeof UPGRADE_FAULTS)[number];
  /** HTTP status. */
  readonly status: 400 | 405 | 426;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An upgrade request that can be accepted. */
export interface Offer {
  readonly key: string;
  /** Subprotocols in the client's order. */
  readonly subprotocols: readonly string[];
}

/**
 * Checks an upgrade request (RFC 6455, section 4.2.1). Extensions are ignored: none is ever
 * agreed on, because pictures are compressed already.
 */
export function readOffer({ method, headers, httpVersion }: IncomingMessage): Offer | Refusal {
  const key = headers["sec-websocket-key"];
  const version = headers["sec-websocket-version"];
  // The version that Upgrade came with (RFC 9110, section 7.8).
  if (httpVersion !== "1.1") return bad("http_version", `expected HTTP/1.1, but got HTTP/${httpVersion}`);
  if (method !== "GET") {
    return { fault: "method", status: 405, message: `expected GET, but got ${method}`, headers: { Allow: "GET" } };
  }
  if (headers.upgrade?.toLowerCase() !== "websocket") return bad("upgrade", "expected Upgrade: websocket");
  if (key === undefined || !KEY.test(key)) return bad("key", "expected a Sec-WebSocket-Key of 16 bytes in base64");
  // Some old clients still name the draft 8, which is the same on the wire.
  if (version !== "13" && version !== "8") return badVersion(version);
  const subprotocols = headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim()) ?? [];
  if (subprotocols.length > new Set(subprotocols).size || !subprotocols.every((name) => NAME.test(name))) {
    return bad("subprotocol", "expected a list of different subprotocols in Sec-WebSocket-Protocol");
  }
  return { key, subprotocols };
}

function bad(fault: Refusal["fault"], message: string): Refusal {
  return { fault, status: 400, message };
}

/** 426 names what to upgrade to (RFC 9110, section 15.5.22), and the versions (RFC 6455, section 4.4). */
function badVersion(version: string | undefined): Refusal {
  const versions = { "Sec-WebSocket-Version": "13, 8" };
  const expected = "expected Sec-WebSocket-Version: 13, or 8,";
  if (version === undefined) {
    return { fault: "version", status: 400, message: `${expected} but there is none`, headers: versions };
  }
  const message = `${expected} but got ${version}`;
  return { fault: "version", status: 426, message, headers: { Upgrade: "websocket", ...versions } };
}

/** Accepts the offer (section 4.2.2): from now on the connection is a WebSocket. */
export function acceptOffer(stream: Duplex, key: string, subprotocol: string | undefined): void {
  const accept = hash("sha1", key + GUID, "base64");
  stream.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n` +
      `${subprotocol === undefined ? "" : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`}\r\n`,
    "latin1",
  );
}
