import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { Context } from "hono";
import type { AdminOptions } from "./options.ts";

/**
 * Whether a request without a key may be that of a web page whose name was rebound to this machine (DNS rebinding). To the
 * browser such a page is of the same origin, and without TLS it sends no `Sec-Fetch-Site`. Only its `Host`, which a page
 * cannot change, is a name that is not this machine's. At other addresses than loopback, monitoring asks by all kinds of
 * names. No page reaches the Unix socket.
 */
export function isRebound(c: Context, { isLocal, isAtLoopback }: AdminOptions): boolean {
  const { socket } = (c.env as { readonly incoming: IncomingMessage }).incoming;
  if (isLocal(socket) || "encrypted" in socket || !isAtLoopback()) return false;
  const host = c.req.header("Host");
  return host !== undefined && !namesThisMachine(host);
}

function namesThisMachine(host: string): boolean {
  const name = host
    .replace(/:\d*$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")
    .toLowerCase();
  return name === "" || isIP(name) !== 0 || /^(?:.+\.)?localhost$/.test(name) || name === hostname().toLowerCase();
}
