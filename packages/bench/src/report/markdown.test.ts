import { expect, test } from "vitest";
import { formatReport } from "./markdown.ts";
import type { Outcome } from "../run/outcome.ts";
import type { BenchmarkResult } from "./result.ts";

function report(outcomes: readonly Partial<Outcome>[], quick = false): string {
  const result: BenchmarkResult = {
    startedAt: "2026-01-02T03:04:05.000Z",
    minutes: 12,
    quick,
    rounds: 3,
    windowMs: 3000,
    machine: {
      cpu: "a processor",
      cores: 2,
      memoryGiB: 4,
      kernel: "6.1",
      node: "24.0.0",
      congestionControl: "cubic",
      openFiles: 20_000,
      pinned: true,
    },
    subjects: ["copy", "other"].map((name) => ({ name, description: `the ${name} one` })),
    scenarios: [
      {
        id: "speed",
        title: "Speed",
        method: "How it is done.",
        figures: [
          { id: "cpu", title: "CPU s/GiB", digits: 2, relative: "copy" },
          { id: "rate", title: "MB/s", digits: 0 },
        ],
      },
    ],
    outcomes: outcomes.map((outcome) => ({
      scenario: "speed",
      subject: "copy",
      round: 1,
      values: {},
      disturbed: false,
      ...outcome,
    })),
  };
  return formatReport(result);
}

test("a ratio is the median of the ratios within each round, not the ratio of the medians", () => {
  const text = report([
    { round: 1, values: { cpu: 1, rate: 1000 } },
    { round: 1, subject: "other", values: { cpu: 3, rate: 900 } },
    { round: 2, values: { cpu: 10, rate: 100 } },
    { round: 2, subject: "other", values: { cpu: 20, rate: 90 } },
    { round: 3, values: { cpu: 4, rate: 400 } },
    { round: 3, subject: "other", values: { cpu: 4, rate: 1234 } },
  ]);
  expect(text).toContain("| copy | 4.00 | 1.00 | 400 |");
  expect(text).toContain("| other | 4.00 | 2.00 | 900 |");
});

test("disturbed samples are counted and left out; the quick form keeps them and says so", () => {
  const samples = [
    { values: { cpu: 1 }, otherLoad: 0 },
    { subject: "other", values: { cpu: 9 }, otherLoad: 0.7, disturbed: true },
    { subject: "other", values: { cpu: 2 }, otherLoad: 0.01 },
  ];
  expect(report(samples)).toContain("| other | 2.00 | 2.00 | — |");
  expect(report(samples)).toContain("Of 3 samples 1 were taken while other programs ran; they are left out.");
  expect(report(samples, true)).toContain("| other | 5.50 | 5.50 | — |");
  expect(report(samples, true)).toContain("its figures only show that everything works");
});

test("without a sample of the yardstick there is no ratio", () => {
  expect(report([{ subject: "other", values: { cpu: 2, rate: 5 } }])).toContain("| other | 2.00 | — | 5 |");
});

test("a proxy that fails is in the table, and each note is below it once", () => {
  const text = report([
    { round: 1, values: { cpu: 1 }, note: "400 sessions instead of 500" },
    { round: 2, values: { cpu: 1 }, note: "400 sessions instead of 500" },
    { subject: "other", error: "it has exited" },
  ]);
  expect(text).toContain("| other | fails | — | fails |");
  expect(text.match(/copy: 400 sessions instead of 500\./g)).toHaveLength(1);
});

test("the report names the machine and the subjects", () => {
  const text = report([]);
  expect(text).toContain("a processor, 2 cores, 4 GiB, Linux 6.1, Node 24.0.0");
  expect(text).toContain("| other | the other one |");
});

test("each claim has its bound, the measured value, and whether it is met", () => {
  const starts = (time: number): Partial<Outcome> => ({ scenario: "start-up", subject: "curfew", values: { time } });
  expect(report([starts(250)])).toContain("| start | listens after | ≤ 300 ms | 250 | met |");
  expect(report([starts(301)])).toContain("| start | listens after | ≤ 300 ms | 301 | not met |");
  expect(report([{ ...starts(9), note: "a slow disk" }])).toContain("≤ 300 ms | 9 (a slow disk) | met |");
  expect(report([starts(250)], true)).toContain("The quick form is too short to check them.");
  expect(report([])).toContain("| start | listens after | ≤ 300 ms | — | not measured |");
});
