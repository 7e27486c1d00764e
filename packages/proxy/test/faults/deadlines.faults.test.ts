import { CloseCode } from "@curfew/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cluster } from "./lab/cluster.ts";
import { inParallel } from "./lab/in-parallel.ts";
import { measured, spread } from "./lab/report.ts";
import { scaled, SCENARIO_MS } from "./lab/scale.ts";

const SESSIONS = scaled(10_000, 600);

/** Sessions that a busy machine opens in a second. */
const OPENED_PER_SECOND = 250;
const LEAD_SECONDS = 3;

/** All targets are gone so long after the deadline, in milliseconds. */
const BOUND_MS = 500;

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
    const ends = await cluster.consoles.ended(clients.map(({ name }) => name));
    const late = ends.map((end) => end - token.expiresAt);
    measured(`${SESSIONS} deadlines at one instant: targets gone`, spread(late), `0 to ${BOUND_MS} ms`);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThan(BOUND_MS);
    const codes = await Promise.all(clients.map(async ({ ended }) => (await ended).code));
    expect(new Set(codes)).toEqual(new Set([CloseCode.session_expired]));
  });
});
