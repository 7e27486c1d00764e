import type { Entrance } from "../load/client.ts";
import { closeSessions, openSession } from "../load/session.ts";
import { type Measure, sampleLoad, YARDSTICK } from "./measure.ts";

const PARALLEL = 50;

/** A morning's rush: sessions that begin and end. */
export const setUp: Measure = {
  id: "set-up",
  title: "Sessions set up and closed per second, 50 in parallel",
  method:
    "50 clients connect, wait for the target's first byte, close, and begin again when both sockets are gone. For the " +
    "gateway each has a token of its own, issued before, looks it up in SQLite, and leaves two log lines in a file; 1,000 tokens take turns. Rates are bounded by the generator, too.",
  figures: [
    { id: "rate", title: "sessions/s", digits: 0, relative: "websockify" },
    { id: "cpu", title: "CPU µs/session", digits: 0, relative: YARDSTICK },
  ],
  async run(context) {
    const entrances = await context.peer.entrances(context.effort.quick ? 100 : 1000);
    let stopped = false;
    let count = 0;
    const next = endlessly(entrances);
    const comeAndGo = async (): Promise<void> => {
      for (const entrance of next) {
        if (stopped) return;
        const session = await openSession(entrance, context.target);
        count += 1;
        await closeSessions([session]);
      }
    };
    const clients = Promise.all(Array.from({ length: PARALLEL }, comeAndGo));
    const work = (async () => {
      const observed = await sampleLoad(context, () => {
        count = 0;
      });
      return { ...observed, count };
    })();
    // A client that fails ends the measure at once; otherwise they go on until it is over.
    const { proxyCpu, seconds, otherLoad, count: sessions } = await Promise.race([work, clients.then(() => work)]);
    stopped = true;
    await clients;
    return { values: { rate: sessions / seconds, cpu: (proxyCpu / sessions) * 1e6 }, otherLoad };
  },
};

function* endlessly(entrances: readonly Entrance[]): Generator<Entrance, void> {
  for (;;) yield* entrances;
}
