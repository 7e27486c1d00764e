import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import type { Measure, Sample } from "./measures/measure.ts";
import type { Peer } from "./peers/peer.ts";
import { runRounds } from "./run.ts";

const effort = { quick: false, warmUpMs: 0, windowMs: 0, soakBytes: 0 };

function peer(name: string, events: string[]): Peer {
  return {
    name,
    description: name,
    start: async (targetPort, folder, tls = false) => {
      events.push(`start ${name} ${targetPort > 0 && existsSync(folder)}${tls ? " with TLS" : ""}`);
      return { pid: 0, entrances: async () => [], stop: async () => void events.push(`stop ${name}`) };
    },
  };
}

function measure(run: () => Sample, more: Partial<Measure> = {}): Measure {
  return { id: "m", title: "M", method: "", figures: [], run: async () => run(), ...more };
}

test("every round starts each proxy anew, and stops it whatever happens", async () => {
  const events: string[] = [];
  const outcomes = await runRounds({
    measures: [
      measure(() => {
        throw new Error("a byte was lost");
      }),
    ],
    peers: [peer("one", events)],
    rounds: 2,
    effort,
    say: () => {},
  });
  expect(events).toEqual(["start one true", "stop one", "start one true", "stop one"]);
  expect(outcomes.map(({ round, error }) => [round, error])).toEqual([
    [1, "a byte was lost"],
    [2, "a byte was lost"],
  ]);
});

test("a disturbed sample is taken again until it is not, and all are kept on record", async () => {
  const loads = [0.5, 0.2, 0.05];
  const outcomes = await runRounds({
    measures: [measure(() => ({ values: { cpu: 1 }, otherLoad: loads.shift() ?? 0 }))],
    peers: [peer("one", [])],
    rounds: 1,
    effort,
    say: () => {},
  });
  expect(outcomes.map(({ disturbed }) => disturbed)).toEqual([true, true, false]);
});

test("on a machine that never rests it gives up, and the quick form tries once", async () => {
  const busy = { measures: [measure(() => ({ values: {}, otherLoad: 1 }))], peers: [peer("one", [])], rounds: 1 };
  const count = async (quick: boolean): Promise<number> =>
    (await runRounds({ ...busy, effort: { ...effort, quick }, say: () => {} })).length;
  expect(await count(false)).toBe(4);
  expect(await count(true)).toBe(1);
});

test("a measure is taken of the proxies that it suits, and once where once is enough", async () => {
  const outcomes = await runRounds({
    measures: [measure(() => ({ values: {} }), { once: true, suits: (name) => name === "two" })],
    peers: [peer("one", []), peer("two", [])],
    rounds: 3,
    effort,
    say: () => {},
  });
  expect(outcomes.map(({ peer, round }) => [peer, round])).toEqual([["two", 1]]);
});

test("a measure with TLS has its proxies started with it", async () => {
  const events: string[] = [];
  await runRounds({
    measures: [measure(() => ({ values: {} }), { tls: true })],
    peers: [peer("one", events)],
    rounds: 1,
    effort,
    say: () => {},
  });
  expect(events).toEqual(["start one true with TLS", "stop one"]);
});
