import { describe, expect, test } from "vitest";
import { findViolations, SHORT_BOUNDS } from "./bounds.ts";
import { runScenario, type Scale } from "./run-scenario.ts";
import { SCENARIOS } from "./scenarios/index.ts";

const CLIENTS = 8;

const SHORT: Scale = {
  isFull: false,
  typists: 2,
  keyEveryMs: 30,
  expiring: 12,
  quietMs: 400,
  attackMs: 1200,
  pin: { gateway: [], others: [] },
};

// The processes are measured with /proc, and the attacker uses addresses that only Linux has by itself.
describe.runIf(process.platform === "linux")("victims and the gateway withstand", () => {
  for (const scenario of SCENARIOS) {
    test(`${scenario.name}: ${scenario.title}`, { timeout: 60_000 }, async () => {
      const measured = await runScenario(scenario, CLIENTS, SHORT);
      expect(findViolations(measured, SHORT_BOUNDS), measured.logTail).toEqual([]);
      expect(measured.attacker.open + measured.attacker.refused).toBeGreaterThanOrEqual(1);
    });
  }
});
