import { parseServerMessage } from "@curfew/protocol";
import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Receipt, sendRandom } from "../load/checked-stream.ts";
import { closeSessions, openSessions, type Session } from "../load/session.ts";
import { treePssBytes } from "../machine/processes.ts";
import { median } from "../report/statistics.ts";
import { GIB, gatewayOnly, type Measure, MIB } from "./measure.ts";

const SESSIONS = 8;
/** Of the bytes of a session, how many go from the client to the target. */
const UPLOAD_SHARE = 1 / 8;
const CONTROL_EVERY_MS = 50;
const LOOK_EVERY_MS = 100;
/** A slow reader stops after so many bytes, for a while. */
const READ_AT_MOST = 16 * MIB;
const LONGEST_STOP_MS = 60;

/** Whether every byte arrives, in order, whatever happens in between. */
export const soak: Measure = {
  id: "soak",
  title: "Integrity",
  method:
    "8 sessions, both directions at once: random bytes in writes of random sizes up to 256 KiB, pauses, clients and " +
    "targets that stop reading now and then, control messages and pings in between. SHA-256 at both ends must agree.",
  figures: [
    { id: "sent", title: "GiB", digits: 2 },
    { id: "rate", title: "MB/s", digits: 0 },
    { id: "pings", title: "control round trips", digits: 0 },
    { id: "early", title: "memory in the second quarter, MiB", digits: 1 },
    { id: "late", title: "in the last quarter, MiB", digits: 1 },
    { id: "growth", title: "growth, MiB", digits: 1 },
  ],
  suits: gatewayOnly,
  once: true,
  async run({ peer, target, effort }) {
    const sessions = await openSessions(await peer.entrances(SESSIONS, () => 24 * 3600), target);
    const sizes: number[] = [];
    const looking = setInterval(() => sizes.push(treePssBytes(peer.pid) / MIB), LOOK_EVERY_MS);
    const start = performance.now();
    try {
      const pings = await Promise.all(
        sessions.map(async (session) => await exchange(session, Math.ceil(effort.soakBytes / SESSIONS))),
      );
      const seconds = (performance.now() - start) / 1000;
      const quarter = Math.floor(sizes.length / 4);
      const early = median(sizes.slice(quarter, 2 * quarter));
      const late = median(sizes.slice(-quarter));
      return {
        values: {
          sent: effort.soakBytes / GIB,
          rate: effort.soakBytes / 1e6 / seconds,
          pings: pings.reduce((sum, count) => sum + count, 0),
          early,
          late,
          growth: late - early,
        },
      };
    } finally {
      clearInterval(looking);
      await closeSessions(sessions);
    }
  },
};

/** Sends both ways at once and compares; returns how many control messages were answered. */
async function exchange(session: Session, bytes: number): Promise<number> {
  const { client, target } = session;
  const up = Math.ceil(bytes * UPLOAD_SHARE);
  const down = bytes - up;
  const atClient = new Receipt();
  const atTarget = new Receipt();
  client.onPayload = slowReader((payload) => atClient.take(payload), client);
  target.on(
    "data",
    slowReader((payload) => atTarget.take(payload), target),
  );
  const control = startControl(session);
  const ended = client.ended.then(({ code, reason }) => {
    throw new Error(
      `the session ended with ${code} ${reason}: ${atClient.received} of ${down} bytes at the client, ` +
        `${atTarget.received} of ${up} at the target`,
    );
  });
  const [sentDown, sentUp] = await Promise.race([
    Promise.all([
      sendRandom(target, down, (payload) => payload),
      sendRandom(client.socket, up, (payload) => client.encode(payload)),
      atClient.has(down),
      atTarget.has(up),
    ]),
    ended,
  ]);
  const answered = await Promise.race([control.stop(), ended]);
  ended.catch(ignore);
  if (atClient.digest() !== sentDown)
    throw new Error(`expected the target's ${down} bytes at the client, but got others`);
  if (atTarget.digest() !== sentUp) throw new Error(`expected the client's ${up} bytes at the target, but got others`);
  return answered;
}

/** Reads on after a random number of bytes only after a random time. */
function slowReader(
  take: (payload: Buffer) => void,
  end: { pause(): unknown; resume(): unknown },
): (payload: Buffer) => void {
  let left = randomInt(READ_AT_MOST);
  return (payload) => {
    take(payload);
    left -= payload.length;
    if (left > 0) return;
    left = randomInt(READ_AT_MOST);
    end.pause();
    setTimeout(() => end.resume(), randomInt(LONGEST_STOP_MS));
  };
}

/** Sends control messages and WebSocket pings; `stop` waits for the answers and counts them. */
function startControl({ client }: Session): { stop(): Promise<number> } {
  const unanswered = new Set<number>();
  let sent = 0;
  client.onText = (message) => {
    const parsed = parseServerMessage(message);
    if (parsed.ok === true && parsed.message.type === "pong") unanswered.delete(parsed.message.id);
  };
  const timer = setInterval(() => {
    unanswered.add(++sent);
    client.sendText(JSON.stringify({ type: "ping", id: sent }));
    client.sendPing();
  }, CONTROL_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      while (unanswered.size > 0) await delay(5);
      return sent;
    },
  };
}

function ignore(): void {}
