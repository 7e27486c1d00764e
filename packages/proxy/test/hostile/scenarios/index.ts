import type { Scenario } from "../scenario.ts";
import { afterRefusal } from "./after-refusal.ts";
import { byteByByte } from "./byte-by-byte.ts";
import { controlPings } from "./control-pings.ts";
import { emptyContinuations } from "./empty-continuations.ts";
import { foreignOrigins } from "./foreign-origins.ts";
import { halfClosed } from "./half-closed.ts";
import { headRequests } from "./head-requests.ts";
import { idleConnections, idleConnectionsToWorkers } from "./idle-connections.ts";
import { lockedStore } from "./locked-store.ts";
import { pingFlood } from "./ping-flood.ts";
import { pipelinedRequests } from "./pipelined-requests.ts";
import { reconnectsWhileDraining, reconnectsWhileWorkersDrain } from "./reconnects-while-draining.ts";
import { renewals } from "./renewals.ts";
import { slowHeaders } from "./slow-headers.ts";
import { stalledReaders } from "./stalled-readers.ts";
import { tinyFrames } from "./tiny-frames.ts";
import { unknownTokens } from "./unknown-tokens.ts";
import { unreadPings } from "./unread-pings.ts";

/** Every attack, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  pingFlood,
  unreadPings,
  controlPings,
  tinyFrames,
  byteByByte,
  renewals,
  emptyContinuations,
  afterRefusal,
  stalledReaders,
  halfClosed,
  pipelinedRequests,
  foreignOrigins,
  headRequests,
  slowHeaders,
  idleConnections,
  idleConnectionsToWorkers,
  unknownTokens,
  lockedStore,
  reconnectsWhileDraining,
  reconnectsWhileWorkersDrain,
];
