import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import { forwardedClient } from "../http/forwarding/forwarded-client.ts";
import { plainAddress } from "../net/client-address.ts";
import type { TrustedProxies } from "../net/trusted-proxies.ts";
import type { Actor } from "../telemetry/events.ts";

/** Where a request's context holds who sent it. */
const ACTOR = "actor";

/** The address of a program that uses the Unix socket. */
const UNIX = "unix";

/** Where a request comes from. */
export function callerAddress(c: Context, trusted: TrustedProxies, isLocal: boolean): string {
  if (isLocal) return UNIX;
  const peer = plainAddress(getConnInfo(c).remote.address);
  const forwarded = trusted.has(peer) ? forwardedClient(peer, c.req.header(), trusted) : undefined;
  return forwarded?.address ?? peer;
}

/** Settles who sent a request under `/v1`. */
export function setActor(c: Context, actor: Actor): void {
  c.set(ACTOR, actor);
}

/** The caller of a request that has passed the authentication. */
export function requestActor(c: Context): Actor {
  return c.get(ACTOR) as Actor;
}
