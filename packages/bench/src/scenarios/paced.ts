import { randomBytes } from "node:crypto";
import { pace } from "../load/pace.ts";
import { closeSessions, openSessions } from "../load/session.ts";
import { YARDSTICK } from "../subjects/subject.ts";
import { sampleLoad } from "./sample-load.ts";
import type { Scenario } from "./scenario.ts";

const SESSIONS = 8;
const WRITE_BYTES = 1400;
const PER_SECOND = 20_000;

/** Many small updates: the cost per write rather than per byte. */
export const paced: Scenario = {
  id: "paced",
  title: "Small paced writes from target to client",
  method: `${SESSIONS} targets together write ${WRITE_BYTES} bytes ${PER_SECOND.toLocaleString("en")} times a second.`,
  figures: [
    { id: "cpu", title: "CPU µs/write", digits: 1, relative: YARDSTICK },
    { id: "rate", title: "writes/s that arrived", digits: 0 },
  ],
  async run(context) {
    const sessions = await openSessions(await context.subject.connectOptions(SESSIONS), context.target);
    const bytes = randomBytes(WRITE_BYTES);
    let received = 0;
    for (const { client } of sessions) {
      client.onPayload = (payload) => {
        received += payload.length;
      };
    }
    const stop = pace(PER_SECOND, (index) => sessions[index % SESSIONS]?.target.write(bytes));
    const { proxyCpu, seconds, otherLoad } = await sampleLoad(context, () => {
      received = 0;
    });
    const writes = received / WRITE_BYTES;
    stop();
    await closeSessions(sessions);
    return { values: { cpu: (proxyCpu / writes) * 1e6, rate: writes / seconds }, otherLoad };
  },
};
