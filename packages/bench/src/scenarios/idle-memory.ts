import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { ConnectOptions } from "../load/client.ts";
import { closeSessions, openSessions, type Session } from "../load/session.ts";
import { sessionsThatFit } from "../machine/open-files.ts";
import { treePssBytes } from "../machine/processes.ts";
import { MIB } from "../machine/units.ts";
import type { Scenario, ScenarioContext } from "./scenario.ts";

/** Time for the garbage of opening to be collected. */
const SETTLE_MS = 3_000;
const LATER_MS = 10_000;
const PARALLEL = 20;

/** Limit for websockify, which has a process per session: with more, the machine runs out of memory. */
const MAX_PROCESSES = 500;

/** Memory of idle sessions, the usual state of consoles. */
export function idleMemory(wanted: number): Scenario {
  return {
    id: `memory-${wanted}`,
    title: `Memory per session, ${wanted.toLocaleString("en")} sessions`,
    method:
      "Increase of the process tree's proportional set size, divided by the number of sessions: 3 s after the last one " +
      "was opened; after 1 MiB from each target to its client; 10 s later.",
    figures: [
      { id: "idle", title: "idle KiB", digits: 1 },
      { id: "used", title: "after 1 MiB each, KiB", digits: 1 },
      { id: "later", title: "10 s later, KiB", digits: 1 },
      { id: "empty", title: "the process without sessions, MiB", digits: 1 },
    ],
    appliesTo: (subject) => wanted <= MAX_PROCESSES || subject !== "websockify",
    inQuick: wanted <= MAX_PROCESSES,
    once: true,
    async run({ subject, target, effort }) {
      const count = sessionsThatFit(effort.quick ? 50 : wanted);
      const [connect] = await subject.connectOptions(1);
      if (connect === undefined) throw new Error("expected options to connect");
      const { sessions, before, perSessionKiB } = await openIdle({ subject, target, effort }, connect, count);
      const idle = perSessionKiB();
      await sendThroughAll(sessions);
      const used = perSessionKiB();
      await delay(effort.quick ? 100 : LATER_MS);
      const later = perSessionKiB();
      await closeSessions(sessions);
      const note =
        count < wanted ? `${count.toLocaleString("en")} sessions instead of ${wanted.toLocaleString("en")}` : undefined;
      return { values: { idle, used, later, empty: before / MIB }, ...(note !== undefined && { note }) };
    },
  };
}

/** Idle sessions and their memory. */
export interface IdleSessions {
  readonly sessions: readonly Session[];
  /** Bytes used by the process tree without them. */
  readonly before: number;
  /** Memory that each of them currently adds. */
  readonly perSessionKiB: () => number;
}

/** Opens `count` sessions, and waits until garbage has been collected. */
export async function openIdle(
  { subject, target, effort }: Pick<ScenarioContext, "subject" | "target" | "effort">,
  connect: ConnectOptions,
  count: number,
): Promise<IdleSessions> {
  await delay(effort.quick ? 100 : SETTLE_MS);
  const before = treePssBytes(subject.pid);
  const sessions = await openSessions(
    Array.from({ length: count }, () => connect),
    target,
  );
  await delay(effort.quick ? 100 : SETTLE_MS);
  return { sessions, before, perSessionKiB: () => (treePssBytes(subject.pid) - before) / count / 1024 };
}

async function sendThroughAll(sessions: readonly Session[]): Promise<void> {
  const bytes = randomBytes(MIB);
  const waiting = sessions.values();
  const sendOneByOne = async (): Promise<void> => {
    for (const session of waiting) await sendThrough(session, bytes);
  };
  await Promise.all(Array.from({ length: PARALLEL }, sendOneByOne));
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
