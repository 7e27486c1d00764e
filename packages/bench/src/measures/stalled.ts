import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { flood } from "../load/flood.ts";
import { closeSessions, openSessions, type Session } from "../load/session.ts";
import { treePssBytes } from "../machine/processes.ts";
import { type Measure, type MeasureContext, MIB, type Sample } from "./measure.ts";

const SESSIONS = 8;
const BLOCK_BYTES = 16 * 1024;
const LOOK_EVERY_MS = 100;
/** When nothing was taken for so long, nothing will be. */
const STALLED_LOOKS = 10;

const figures = [
  { id: "growth", title: "growth per session, MiB", digits: 2 },
  { id: "taken", title: "taken per session, MiB", digits: 1 },
] as const;

const METHOD =
  "8 sessions; growth is the most that the process tree's proportional set size rises. What was taken is mostly in " +
  "the kernel's socket buffers. The sender gives up after 64 MiB (quick: 16 MiB) for each session: memory without bound.";

/** A client that does not read, while its target sends all it can. */
export const stalledClient: Measure = {
  id: "stalled-client",
  title: "Memory when clients stop reading",
  method: METHOD,
  figures,
  once: true,
  run: (context) =>
    push(context, ({ client, target }) => {
      client.pause();
      return { socket: target, block: randomBytes(BLOCK_BYTES) };
    }),
};

/** A target that does not read, while its client sends all it can. */
export const stalledTarget: Measure = {
  id: "stalled-target",
  title: "Memory when targets stop reading",
  method: METHOD,
  figures,
  once: true,
  run: (context) =>
    push(context, ({ client, target }) => {
      target.pause();
      return { socket: client.socket, block: client.encode(randomBytes(BLOCK_BYTES)) };
    }),
};

async function push(
  { peer, target, effort }: MeasureContext,
  stall: (session: Session) => { socket: Socket; block: Uint8Array },
): Promise<Sample> {
  const limit = (effort.quick ? 16 : 64) * MIB;
  const sessions = await openSessions(await peer.entrances(SESSIONS), target);
  await delay(effort.quick ? 100 : 2_000);
  const before = treePssBytes(peer.pid);
  const senders = sessions.map(stall);
  const written = (): number =>
    senders.reduce((sum, { socket }) => sum + socket.bytesWritten - socket.writableLength, 0);
  const start = written();
  const stops = senders.map(({ socket, block }) => flood(socket, block, limit));
  let most = 0;
  let last = start;
  for (let quiet = 0; quiet < STALLED_LOOKS; quiet++) {
    await delay(LOOK_EVERY_MS);
    most = Math.max(most, treePssBytes(peer.pid) - before);
    if (written() > last) quiet = 0;
    last = written();
  }
  for (const stop of stops) stop();
  const taken = (last - start) / SESSIONS;
  await closeSessions(sessions);
  const note = taken >= limit ? "without bound: it took all that was sent" : undefined;
  return { values: { growth: most / MIB / SESSIONS, taken: taken / MIB }, ...(note !== undefined && { note }) };
}
