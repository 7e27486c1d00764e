import { YARDSTICK } from "../subjects/subject.ts";
import { openAndClose } from "./open-and-close.ts";
import type { Scenario } from "./scenario.ts";

const PARALLEL = 50;

/** Many sessions that start and end, as when a working day begins. */
export const setUp: Scenario = {
  id: "set-up",
  title: "Sessions set up and closed per second, 50 in parallel",
  method:
    "50 clients connect, wait for the target's first byte, close, and start over once both sockets are closed. The " +
    "gateway looks up a token in SQLite for each of them, one of 1,000 issued beforehand, and writes two log lines to a " +
    "file. The generator limits the rates, too.",
  figures: [
    { id: "rate", title: "sessions/s", digits: 0, relative: "websockify" },
    { id: "cpu", title: "CPU µs/session", digits: 0, relative: YARDSTICK },
  ],
  async run(context) {
    const options = await context.subject.connectOptions(context.effort.quick ? 100 : 1000);
    const { proxyCpu, seconds, otherLoad, times } = await openAndClose({ ...context, options, parallel: PARALLEL });
    return { values: { rate: times.length / seconds, cpu: (proxyCpu / times.length) * 1e6 }, otherLoad };
  },
};
