import { randomBytes } from "node:crypto";
import { flood } from "../load/flood.ts";
import { closeSessions, openSessions } from "../load/session.ts";
import { GIB, type Measure, sampleLoad } from "./measure.ts";

const BLOCK_BYTES = 64 * 1024;

/** A picture that changes as fast as it can: the direction in which consoles send much. */
export function download(sessionCount: number): Measure {
  return {
    id: `download-${sessionCount}`,
    title: `Target to client, 64 KiB writes, ${sessionCount} ${sessionCount === 1 ? "session" : "sessions"}`,
    method: "Each target writes 64 KiB blocks as fast as they are taken; the client reads as fast as it can.",
    figures: [
      { id: "cpu", title: "CPU s/GiB", digits: 3, relative: true },
      { id: "rate", title: "MB/s", digits: 0 },
    ],
    async run(context) {
      const entrances = await context.peer.entrances(sessionCount);
      const sessions = await openSessions(entrances, context.target);
      const block = randomBytes(BLOCK_BYTES);
      let received = 0;
      for (const { client } of sessions) {
        client.onPayload = (bytes) => {
          received += bytes.length;
        };
      }
      const stops = sessions.map(({ target }) => flood(target, block));
      const { proxyCpu, seconds, otherLoad } = await sampleLoad(context, () => {
        received = 0;
      });
      const bytes = received;
      for (const stop of stops) stop();
      await closeSessions(sessions);
      return { values: { cpu: proxyCpu / (bytes / GIB), rate: bytes / 1e6 / seconds }, otherLoad };
    },
  };
}
