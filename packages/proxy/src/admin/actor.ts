import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import { forwardedClient } from "../http/forwarding/forwarded-client.ts";
import { plainAddress } from "../net/client-address.ts";
import type { TrustedProxies } from "../net/trusted-proxies.ts";
import type { Actor } from "../telemetry/events.ts";

/** Where a request's context holds who sent it. */
const ACTOR = "actor";

/** Settles who sent a request under `/v1`. There is one key today, so every caller has its name. */
export function identifyActor(c: Context, trusted: TrustedProxies): void {
  const peer = plainAddress(getConnInfo(c).remote.address);
  const forwarded = trusted.has(peer) ? forwardedClient(peer, c.req.header(), trusted) : undefined;
  const actor: Actor = { name: "admin", address: forwarded?.address ?? peer };
  c.set(ACTOR, actor);
}

/** The caller of a request that {@link identifyActor} has seen. */
export function requestActor(c: Context): Actor {
  return c.get(ACTOR) as Actor;
}
