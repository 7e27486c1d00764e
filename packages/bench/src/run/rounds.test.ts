import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import type { Sample, Scenario } from "../scenarios/scenario.ts";
import type { Subject } from "../subjects/subject.ts";
import { runRounds } from "./rounds.ts";

const EFFORT = { quick: false, warmUpMs: 0, windowMs: 0, soakBytes: 0 };

function subject(name: string, events: string[], more: Partial<Subject> = {}): Subject {
  return {
    ...more,
    name,
    description: name,
    start: async (targetPort, folder, tls = false) => {
      events.push(`start ${name} ${targetPort > 0 && existsSync(folder)}${tls ? " with TLS" : ""}`);
      return { pid: 0, connectOptions: async () => [], stop: async () => void events.push(`stop ${name}`) };
    },
  };
}

function scenario(run: () => Sample, more: Partial<Scenario> = {}): Scenario {
  return { id: "m", title: "M", method: "", figures: [], run: async () => run(), ...more };
}

test("every round starts each subject again, and stops it even after an error", async () => {
  const events: string[] = [];
  const outcomes = await runRounds({
    scenarios: [
      scenario(() => {
        throw new Error("a byte was lost");
      }),
    ],
    subjects: [subject("one", events)],
    rounds: 2,
    effort: EFFORT,
    onProgress: () => {},
  });
  expect(events).toEqual(["start one true", "stop one", "start one true", "stop one"]);
  expect(outcomes.map(({ round, error }) => [round, error])).toEqual([
    [1, "a byte was lost"],
    [2, "a byte was lost"],
  ]);
});

test("a disturbed sample is repeated until one is undisturbed, and all are recorded", async () => {
  const loads = [0.5, 0.2, 0.05];
  const outcomes = await runRounds({
    scenarios: [scenario(() => ({ values: { cpu: 1 }, otherLoad: loads.shift() ?? 0 }))],
    subjects: [subject("one", [])],
    rounds: 1,
    effort: EFFORT,
    onProgress: () => {},
  });
  expect(outcomes.map(({ disturbed }) => disturbed)).toEqual([true, true, false]);
});

test("on a busy machine it gives up, and the quick form tries once", async () => {
  const busy = {
    scenarios: [scenario(() => ({ values: {}, otherLoad: 1 }))],
    subjects: [subject("one", [])],
    rounds: 1,
  };
  const count = async (quick: boolean): Promise<number> =>
    (await runRounds({ ...busy, effort: { ...EFFORT, quick }, onProgress: () => {} })).length;
  expect(await count(false)).toBe(4);
  expect(await count(true)).toBe(1);
});

test("a scenario runs with the subjects that it applies to, and only once if that is enough", async () => {
  const outcomes = await runRounds({
    scenarios: [scenario(() => ({ values: {} }), { once: true, appliesTo: (name) => name === "two" })],
    subjects: [subject("one", []), subject("two", [])],
    rounds: 3,
    effort: EFFORT,
    onProgress: () => {},
  });
  expect(outcomes.map(({ subject, round }) => [subject, round])).toEqual([["two", 1]]);
});

test("a scenario with TLS starts only subjects that terminate TLS, and starts them with it", async () => {
  const events: string[] = [];
  await runRounds({
    scenarios: [scenario(() => ({ values: {} }), { tls: true })],
    subjects: [subject("one", events, { terminatesTls: true }), subject("two", events)],
    rounds: 1,
    effort: EFFORT,
    onProgress: () => {},
  });
  expect(events).toEqual(["start one true with TLS", "stop one"]);
});
