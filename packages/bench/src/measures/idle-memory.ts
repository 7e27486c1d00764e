import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Entrance } from "../load/client.ts";
import { closeSessions, openSessions, type Session } from "../load/session.ts";
import { sessionsThatFit } from "../machine/limits.ts";
import { treePssBytes } from "../machine/processes.ts";
import { type Measure, type MeasureContext, MIB } from "./measure.ts";

/** Until garbage of the opening has gone, as far as it goes by itself. */
const SETTLING_MS = 3_000;
const AFTERWARDS_MS = 10_000;
const AT_A_TIME = 20;

/** More than this many processes of websockify would measure the machine's memory, not websockify. */
const MOST_PROCESSES = 500;

/** What a session costs that nobody looks at: the usual state of a console. */
export function idleMemory(wished: number): Measure {
  return {
    id: `memory-${wished}`,
    title: `Memory per session, ${wished.toLocaleString("en")} sessions`,
    method:
      "Proportional set size of the process tree with the sessions open, less that before, divided by their number: " +
      "3 s after the last was opened; when 1 MiB has passed from each target to its client; 10 s later.",
    figures: [
      { id: "idle", title: "idle KiB", digits: 1 },
      { id: "used", title: "after 1 MiB each, KiB", digits: 1 },
      { id: "later", title: "10 s later, KiB", digits: 1 },
      { id: "empty", title: "the process without sessions, MiB", digits: 1 },
    ],
    suits: (peer) => wished <= MOST_PROCESSES || peer !== "websockify",
    inQuick: wished <= MOST_PROCESSES,
    once: true,
    async run({ peer, target, effort }) {
      const count = sessionsThatFit(effort.quick ? 50 : wished);
      const [entrance] = await peer.entrances(1);
      if (entrance === undefined) throw new Error("expected a way in");
      const { sessions, before, perSessionKiB } = await openIdle({ peer, target, effort }, entrance, count);
      const idle = perSessionKiB();
      await sendThroughAll(sessions);
      const used = perSessionKiB();
      await delay(effort.quick ? 100 : AFTERWARDS_MS);
      const later = perSessionKiB();
      await closeSessions(sessions);
      const note =
        count < wished ? `${count.toLocaleString("en")} sessions instead of ${wished.toLocaleString("en")}` : undefined;
      return { values: { idle, used, later, empty: before / MIB }, ...(note !== undefined && { note }) };
    },
  };
}

/** Sessions that nobody uses, and what they weigh. */
export interface IdleSessions {
  readonly sessions: readonly Session[];
  /** Bytes of the process tree without them. */
  readonly before: number;
  /** What each of them adds at the moment. */
  readonly perSessionKiB: () => number;
}

/** Opens so many sessions through one entrance, and lets garbage go. */
export async function openIdle(
  { peer, target, effort }: Pick<MeasureContext, "peer" | "target" | "effort">,
  entrance: Entrance,
  count: number,
): Promise<IdleSessions> {
  await delay(effort.quick ? 100 : SETTLING_MS);
  const before = treePssBytes(peer.pid);
  const entrances = Array.from({ length: count }, () => entrance);
  const sessions = await openSessions(entrances, target);
  await delay(effort.quick ? 100 : SETTLING_MS);
  return { sessions, before, perSessionKiB: () => (treePssBytes(peer.pid) - before) / count / 1024 };
}

async function sendThroughAll(sessions: readonly Session[]): Promise<void> {
  const bytes = randomBytes(MIB);
  const waiting = sessions.values();
  const sendOneByOne = async (): Promise<void> => {
    for (const session of waiting) await sendThrough(session, bytes);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, sendOneByOne));
}

async function sendThrough({ client, target }: Session, bytes: Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let received = 0;
  client.onPayload = (payload) => {
    received += payload.length;
    if (received === bytes.length) resolve();
  };
  target.write(bytes);
  await promise;
}
