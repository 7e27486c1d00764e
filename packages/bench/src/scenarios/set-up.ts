import type { ConnectOptions } from "../load/client.ts";
import { closeSessions, openSession } from "../load/session.ts";
import { YARDSTICK } from "../subjects/subject.ts";
import { sampleLoad } from "./sample-load.ts";
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
    let stopped = false;
    let count = 0;
    const next = repeatedly(options);
    const openAndClose = async (): Promise<void> => {
      for (const one of next) {
        if (stopped) return;
        const session = await openSession(one, context.target);
        count += 1;
        await closeSessions([session]);
      }
    };
    const clients = Promise.all(Array.from({ length: PARALLEL }, openAndClose));
    const work = (async () => {
      const observed = await sampleLoad(context, () => {
        count = 0;
      });
      return { ...observed, count };
    })();
    // A client that fails ends the scenario; otherwise the clients continue until it is over.
    const { proxyCpu, seconds, otherLoad, count: sessions } = await Promise.race([work, clients.then(() => work)]);
    stopped = true;
    await clients;
    return { values: { rate: sessions / seconds, cpu: (proxyCpu / sessions) * 1e6 }, otherLoad };
  },
};

function* repeatedly(options: readonly ConnectOptions[]): Generator<ConnectOptions, void> {
  for (;;) yield* options;
}
