import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { flood } from "../load/flood.ts";
import { closeSessions, openSessions, type Session } from "../load/session.ts";
import { treePssBytes } from "../machine/processes.ts";
import { MIB } from "../machine/units.ts";
import type { Sample, Scenario, ScenarioContext } from "./scenario.ts";

const SESSIONS = 8;
const BLOCK_BYTES = 16 * 1024;
const CHECK_EVERY_MS = 100;
/** Checks without progress after which no more data is expected to be accepted. */
const STALLED_CHECKS = 10;

const FIGURES = [
  { id: "growth", title: "growth per session, MiB", digits: 2 },
  { id: "taken", title: "accepted per session, MiB", digits: 1 },
] as const;

const METHOD =
  "8 sessions. Growth is the maximum increase of the process tree's proportional set size. Most of what was accepted is in " +
  "the kernel's socket buffers. The sender stops after 64 MiB (quick: 16 MiB) per session: memory without bound.";

/** Clients that do not read, while their targets send as much as possible. */
export const stalledClient: Scenario = {
  id: "stalled-client",
  title: "Memory when clients stop reading",
  method: METHOD,
  figures: FIGURES,
  once: true,
  run: (context) =>
    push(context, ({ client, target }) => {
      client.pause();
      return { socket: target, block: randomBytes(BLOCK_BYTES) };
    }),
};

/** Targets that do not read, while their clients send as much as possible. */
export const stalledTarget: Scenario = {
  id: "stalled-target",
  title: "Memory when targets stop reading",
  method: METHOD,
  figures: FIGURES,
  once: true,
  run: (context) =>
    push(context, ({ client, target }) => {
      target.pause();
      return { socket: client.socket, block: client.encode(randomBytes(BLOCK_BYTES)) };
    }),
};

async function push(
  { subject, target, effort }: ScenarioContext,
  stall: (session: Session) => { socket: Socket; block: Uint8Array },
): Promise<Sample> {
  const limit = (effort.quick ? 16 : 64) * MIB;
  const sessions = await openSessions(await subject.connectOptions(SESSIONS), target);
  await delay(effort.quick ? 100 : 2_000);
  const before = treePssBytes(subject.pid);
  const senders = sessions.map(stall);
  const written = (): number =>
    senders.reduce((sum, { socket }) => sum + socket.bytesWritten - socket.writableLength, 0);
  const start = written();
  const stops = senders.map(({ socket, block }) => flood(socket, block, limit));
  let most = 0;
  let last = start;
  for (let quiet = 0; quiet < STALLED_CHECKS; quiet++) {
    await delay(CHECK_EVERY_MS);
    most = Math.max(most, treePssBytes(subject.pid) - before);
    if (written() > last) quiet = 0;
    last = written();
  }
  for (const stop of stops) stop();
  const taken = (last - start) / SESSIONS;
  await closeSessions(sessions);
  const note = taken >= limit ? "without bound: it accepted everything" : undefined;
  return { values: { growth: most / MIB / SESSIONS, taken: taken / MIB }, ...(note !== undefined && { note }) };
}
