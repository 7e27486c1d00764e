import { randomBytes } from "node:crypto";
import { flood } from "../load/flood.ts";
import { type } from "../load/keystrokes.ts";
import { closeSessions, openSessions } from "../load/session.ts";
import { percentile } from "../report/statistics.ts";
import { endsTls, type Measure, sampleLoad, TLS_YARDSTICK, YARDSTICK } from "./measure.ts";

const KEYS_PER_SECOND = 30;
const BLOCK_BYTES = 64 * 1024;

const trips = [
  { id: "p50", title: "p50 µs", digits: 0 },
  { id: "p99", title: "p99 µs", digits: 0 },
] as const;

/** What people feel: how long a key takes to the console and back. */
export function keystrokes(tls = false): Measure {
  return {
    id: tls ? "keystrokes-tls" : "keystrokes",
    title: `Keystroke round trip, 200 sessions × 30/s${tls ? ", TLS" : ""}`,
    method: "Each client sends 8 bytes 30 times a second; its target sends them back. CPU is that of a round trip.",
    figures: [
      { id: "cpu", title: "CPU µs/round trip", digits: 1, relative: tls ? TLS_YARDSTICK : YARDSTICK },
      ...trips,
    ],
    ...(tls && { tls, suits: endsTls }),
    async run(context) {
      const entrances = await context.peer.entrances(200);
      const sessions = await openSessions(entrances, context.target);
      const typing = type(sessions, KEYS_PER_SECOND);
      const { proxyCpu, otherLoad } = await sampleLoad(context, typing.restart);
      const all = [...typing.roundTrips()];
      typing.stop();
      await closeSessions(sessions);
      const values = { cpu: (proxyCpu / all.length) * 1e6, p50: percentile(all, 50), p99: percentile(all, 99) };
      return { values, otherLoad };
    },
  };
}

/** Whether some who watch a film slow down all who type. */
export const keystrokesUnderFlood: Measure = {
  id: "keystrokes-under-flood",
  title: "Keystroke round trip, 20 sessions × 30/s, while 4 other sessions flood",
  method:
    "As above, while 4 other targets write 64 KiB blocks as fast as they are taken. The generator's own turns are in " +
    "these times: it serves the flood on the same core.",
  figures: [...trips, { id: "rate", title: "flood MB/s", digits: 0 }],
  async run(context) {
    const entrances = await context.peer.entrances(24);
    const sessions = await openSessions(entrances, context.target);
    const flooded = sessions.slice(0, 4);
    const typing = type(sessions.slice(4), KEYS_PER_SECOND);
    const block = randomBytes(BLOCK_BYTES);
    let received = 0;
    for (const { client } of flooded) {
      client.readOncePerTurn();
      client.onPayload = (bytes) => {
        received += bytes.length;
      };
    }
    const stops = flooded.map(({ target }) => flood(target, block));
    const { seconds, otherLoad } = await sampleLoad(context, () => {
      typing.restart();
      received = 0;
    });
    const rate = received / 1e6 / seconds;
    const all = [...typing.roundTrips()];
    typing.stop();
    for (const stop of stops) stop();
    await closeSessions(sessions);
    return { values: { p50: percentile(all, 50), p99: percentile(all, 99), rate }, otherLoad };
  },
};
