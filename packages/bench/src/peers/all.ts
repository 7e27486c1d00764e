import { copyRelay } from "./copy-relay.ts";
import { curfew } from "./curfew.ts";
import { haproxy } from "./haproxy.ts";
import type { Peer } from "./peer.ts";
import { websockify } from "./websockify.ts";
import { wsPipe } from "./ws-pipe.ts";

/** The proxies that are always compared; the first one is the yardstick. */
export const peers: readonly Peer[] = [copyRelay, haproxy, websockify, wsPipe, curfew];
