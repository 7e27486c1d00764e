import type { SlotKeeper } from "../limits/remote-limits.ts";
import { TAKEOVER_MS } from "../limits/takeover.ts";
import { ANSWER_MS } from "./ipc-channel.ts";
import type { PrimaryChannel } from "./messages.ts";

/** How long the primary may take to end the sessions that are replaced: it waits twice for a worker that may hang. */
const ENDING_MS = 3 * ANSWER_MS;

/** How long the primary may take to ask users: it waits for their workers, and then for those that are replaced. */
const ASKING_MS = TAKEOVER_MS + ENDING_MS;

/** In a worker: the primary counts the sessions of all workers, against the limits that it knows itself. */
export function primarySlots(primary: PrimaryChannel): SlotKeeper {
  return {
    acquire: async (lease) => await primary.ask({ type: "acquire", lease }, ENDING_MS),
    acquireByAsking: async (lease) => await primary.ask({ type: "acquire_by_asking", lease }, ASKING_MS),
    announce: (leases) => primary.tell({ type: "announce", leases }),
    release: (leaseId) => primary.tell({ type: "release", leaseId }),
    configure: () => {},
  };
}
