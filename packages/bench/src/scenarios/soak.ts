import { parseServerMessage } from "@curfew/protocol";
import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { sendRandom, StreamVerifier } from "../load/verified-stream.ts";
import { closeSessions, openSessions, type Session } from "../load/session.ts";
import { treePssBytes } from "../machine/processes.ts";
import { median } from "../statistics/index.ts";
import { GIB, MIB } from "../machine/units.ts";
import { gatewayOnly, type Scenario } from "./scenario.ts";

const SESSIONS = 8;
/** The part of a session's bytes that goes from the client to the target. */
const UPLOAD_SHARE = 1 / 8;
const CONTROL_EVERY_MS = 50;
const CHECK_EVERY_MS = 100;
/** A slow reader pauses after at most this many bytes. */
const MAX_READ_BYTES = 16 * MIB;
const MAX_PAUSE_MS = 60;

/** Whether every byte arrives, and in order. */
export const soak: Scenario = {
  id: "soak",
  title: "Integrity",
  method:
    "8 sessions, both directions at once: random bytes in writes of random sizes up to 256 KiB, with pauses; clients and " +
    "targets that stop reading at times; control messages and pings. SHA-256 at both ends must match.",
  figures: [
    { id: "sent", title: "GiB", digits: 2 },
    { id: "rate", title: "MB/s", digits: 0 },
    { id: "pings", title: "control round trips", digits: 0 },
    { id: "early", title: "memory in the second quarter, MiB", digits: 1 },
    { id: "late", title: "in the last quarter, MiB", digits: 1 },
    { id: "growth", title: "growth, MiB", digits: 1 },
  ],
  appliesTo: gatewayOnly,
  once: true,
  async run({ subject, target, effort }) {
    const sessions = await openSessions(await subject.connectOptions(SESSIONS, () => 24 * 3600), target);
    const sizes: number[] = [];
    const sampling = setInterval(() => sizes.push(treePssBytes(subject.pid) / MIB), CHECK_EVERY_MS);
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
      clearInterval(sampling);
      await closeSessions(sessions);
    }
  },
};

/** Sends in both directions at once and compares. @returns the number of control messages that were answered */
async function exchange(session: Session, bytes: number): Promise<number> {
  const { client, target } = session;
  const up = Math.ceil(bytes * UPLOAD_SHARE);
  const down = bytes - up;
  const atClient = new StreamVerifier();
  const atTarget = new StreamVerifier();
  client.onPayload = slowReader((payload) => atClient.take(payload), client);
  target.on(
    "data",
    slowReader((payload) => atTarget.take(payload), target),
  );
  const control = startControl(session);
  const ended = client.ended.then(({ code, reason }) => {
    throw new Error(
      `the session ended with ${code} ${reason}: ${atClient.bytes} of ${down} bytes at the client, ` +
        `${atTarget.bytes} of ${up} at the target`,
    );
  });
  const [sentDown, sentUp] = await Promise.race([
    Promise.all([
      sendRandom(target, down, (payload) => payload),
      sendRandom(client.socket, up, (payload) => client.encode(payload)),
      atClient.received(down),
      atTarget.received(up),
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

/** Pauses for a random time after a random number of bytes. */
function slowReader(
  take: (payload: Buffer) => void,
  end: { pause(): unknown; resume(): unknown },
): (payload: Buffer) => void {
  let left = randomInt(MAX_READ_BYTES);
  return (payload) => {
    take(payload);
    left -= payload.length;
    if (left > 0) return;
    left = randomInt(MAX_READ_BYTES);
    end.pause();
    setTimeout(() => end.resume(), randomInt(MAX_PAUSE_MS));
  };
}

/** Sends control messages and WebSocket pings; `stop` waits for the responses and returns their number. */
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
