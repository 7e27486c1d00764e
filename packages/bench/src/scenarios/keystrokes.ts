import { randomBytes } from "node:crypto";
import { flood } from "../load/flood.ts";
import { startTyping } from "../load/typing.ts";
import { closeSessions, openSessions } from "../load/session.ts";
import { percentile } from "../statistics/index.ts";
import { TLS_YARDSTICK, YARDSTICK } from "../subjects/subject.ts";
import { sampleLoad } from "./sample-load.ts";
import type { Scenario } from "./scenario.ts";

const KEYS_PER_SECOND = 30;
const BLOCK_BYTES = 64 * 1024;

const ROUND_TRIPS = [
  { id: "p50", title: "p50 µs", digits: 0 },
  { id: "p99", title: "p99 µs", digits: 0 },
] as const;

/** The latency that users notice: how long a key takes to the console and back. */
export function keystrokes(tls = false): Scenario {
  return {
    id: tls ? "keystrokes-tls" : "keystrokes",
    title: `Keystroke round trip, 200 sessions × 30/s${tls ? ", TLS" : ""}`,
    method: "Each client sends 8 bytes 30 times a second; its target sends them back. CPU is per round trip.",
    figures: [
      { id: "cpu", title: "CPU µs/round trip", digits: 1, relative: tls ? TLS_YARDSTICK : YARDSTICK },
      ...ROUND_TRIPS,
    ],
    tls,
    async run(context) {
      const sessions = await openSessions(await context.subject.connectOptions(200), context.target);
      const typing = startTyping(sessions, KEYS_PER_SECOND);
      const { proxyCpu, otherLoad } = await sampleLoad(context, typing.restart);
      const all = [...typing.roundTrips()];
      typing.stop();
      await closeSessions(sessions);
      const values = { cpu: (proxyCpu / all.length) * 1e6, p50: percentile(all, 50), p99: percentile(all, 99) };
      return { values, otherLoad };
    },
  };
}

/** Whether a few sessions with much output slow down typing in the others. */
export const keystrokesUnderFlood: Scenario = {
  id: "keystrokes-under-flood",
  title: "Keystroke round trip, 20 sessions × 30/s, while 4 other sessions flood",
  method:
    "As above, while 4 other targets write 64 KiB blocks as fast as they are accepted. The times include turns of the " +
    "generator, which serves the flood on the same core.",
  figures: [...ROUND_TRIPS, { id: "rate", title: "flood MB/s", digits: 0 }],
  async run(context) {
    const sessions = await openSessions(await context.subject.connectOptions(24), context.target);
    const flooded = sessions.slice(0, 4);
    const typing = startTyping(sessions.slice(4), KEYS_PER_SECOND);
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
