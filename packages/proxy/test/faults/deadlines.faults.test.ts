import { constants, setPriority } from "node:os";
import { CloseCode } from "@curfew/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cluster } from "./lab/cluster.ts";
import { inParallel } from "./lab/in-parallel.ts";
import { measured, spread } from "./lab/report.ts";
import { scaled, SCENARIO_MS } from "./lab/scale.ts";
import { until } from "./lab/until.ts";

const SESSIONS = scaled(10_000, 600);

/** Sessions that a busy machine opens in a second. */
const OPENED_PER_SECOND = 250;
const LEAD_SECONDS = 3;

/** All targets are gone so long after the deadline, in milliseconds. */
const BOUND_MS = 500;

/** Where that is allowed. */
function raisePriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_HIGHEST);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SYSTEM_ERROR") throw error;
  }
}

describe("three gateways", { timeout: SCENARIO_MS }, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start();
  }, SCENARIO_MS);
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
  });

  test("end all their sessions at one instant", async () => {
    const token = await cluster.issue({ ttl: LEAD_SECONDS + SESSIONS / OPENED_PER_SECOND });
    const clients = await inParallel(SESSIONS, async (index) => await cluster.open(index % 3, token));
    expect(Date.now()).toBeLessThan(token.expiresAt);
    // As if clients and other programs were at other machines.
    setPriority(constants.priority.PRIORITY_LOW);
    for (const pid of [...cluster.gateways.map((gateway) => gateway.pid), cluster.consoles.pid]) raisePriority(pid);
    const ends = await cluster.consoles.ended(clients.map(({ name }) => name));
    const late = ends.map((end) => end - token.expiresAt);
    // One process has all targets: for many it takes longer than the gateways do.
    measured(`${SESSIONS} deadlines at one instant: targets have seen their ends`, spread(late), "never early");
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    for (const gateway of cluster.gateways) {
      const own = await until(
        () => gateway.logged("session ended").map(({ late_ms }) => Number(late_ms)),
        ({ length }) => length >= Math.floor(SESSIONS / cluster.gateways.length),
        `the log of all sessions of ${gateway.name}`,
      );
      measured(`${SESSIONS} deadlines at one instant: ${gateway.name} is late by`, spread(own), `${BOUND_MS} ms`);
      expect(Math.max(...own)).toBeLessThan(BOUND_MS);
    }
    const codes = await Promise.all(clients.map(async ({ ended }) => (await ended).code));
    expect(new Set(codes)).toEqual(new Set([CloseCode.session_expired]));
  });
});
