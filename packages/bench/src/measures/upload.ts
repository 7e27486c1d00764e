import { randomBytes } from "node:crypto";
import { flood } from "../load/flood.ts";
import { closeSessions, openSessions } from "../load/session.ts";
import { GIB, type Measure, sampleLoad } from "./measure.ts";

const SESSIONS = 8;
const MESSAGE_BYTES = 16 * 1024;

/** The direction in which a WebSocket proxy has to unmask. */
export const upload: Measure = {
  id: "upload",
  title: "Client to target, masked messages of 16 KiB, 8 sessions",
  method: "Each client sends binary messages of 16 KiB as fast as they are taken; the target reads as fast as it can.",
  figures: [
    { id: "cpu", title: "CPU s/GiB", digits: 3, relative: true },
    { id: "rate", title: "MB/s", digits: 0 },
  ],
  async run(context) {
    const entrances = await context.peer.entrances(SESSIONS);
    const sessions = await openSessions(entrances, context.target);
    const message = randomBytes(MESSAGE_BYTES);
    let received = 0;
    for (const { target } of sessions) {
      target.on("data", (bytes) => {
        received += bytes.length;
      });
    }
    const stops = sessions.map(({ client }) => flood(client.socket, client.encode(message)));
    const { proxyCpu, seconds, otherLoad } = await sampleLoad(context, () => {
      received = 0;
    });
    const bytes = received;
    for (const stop of stops) stop();
    await closeSessions(sessions);
    return { values: { cpu: proxyCpu / (bytes / GIB), rate: bytes / 1e6 / seconds }, otherLoad };
  },
};
