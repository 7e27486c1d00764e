import { afterAll, describe, expect, onTestFailed, test } from "vitest";
import { findViolations, SHORT_BOUNDS } from "./bounds.ts";
import { type Measurement, runScenario, type Scale, Stage } from "./run-scenario.ts";
import { needsOwnGateway, type Scenario } from "./scenario.ts";
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

/** The gateway and the victims of the attacks that have the same conditions. */
let shared: Stage | undefined;
const leaveShared = async (): Promise<void> => {
  const left = shared;
  shared = undefined;
  await left?.[Symbol.asyncDispose]();
};
afterAll(leaveShared);

async function attack(scenario: Scenario): Promise<Measurement> {
  if (needsOwnGateway(scenario)) return await runScenario(scenario, CLIENTS, SHORT);
  shared ??= await Stage.start({}, SHORT);
  return await shared.run(scenario, CLIENTS);
}

// The processes are measured with /proc, and the attacker uses addresses that only Linux has by itself.
describe.runIf(process.platform === "linux")("victims and the gateway withstand", () => {
  for (const scenario of SCENARIOS) {
    test(`${scenario.name}: ${scenario.title}`, async () => {
      // What one attack breaks does not fail the next ones.
      onTestFailed(leaveShared);
      const measured = await attack(scenario);
      expect(findViolations(measured, SHORT_BOUNDS), measured.logTail).toEqual([]);
      expect(measured.attacker.open + measured.attacker.refused).toBeGreaterThanOrEqual(1);
    });
  }
});
