import { constants, setPriority } from "node:os";
import { CloseCode } from "@curfew/protocol";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Cluster } from "./lab/cluster.ts";
import { ConsoleClient, type OpenError } from "./lab/console-client.ts";
import { inParallel } from "../support/in-parallel.ts";
import { FIRST_USE_SECONDS, OtherSystems } from "./lab/other-systems.ts";
import { measured, spread } from "./lab/report.ts";
import { lastingRefusal } from "./lab/revocations.ts";
import { scaled, SCENARIO_MS } from "./lab/scale.ts";
import { until } from "./lab/until.ts";
import { waiting } from "../support/waited.ts";

const SESSIONS = scaled(10_000, 600);

/** Sessions that a busy machine opens in a second. */
const OPENED_PER_SECOND = 250;
const LEAD_SECONDS = 8;

/** All targets are gone so long after the deadline, in milliseconds. */
const BOUND_MS = 500;

/** Where that is allowed. */
function trySetPriority(pid: number, priority: number): void {
  try {
    setPriority(pid, priority);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SYSTEM_ERROR") throw error;
  }
}

describe("three gateways", { timeout: SCENARIO_MS }, () => {
  let cluster: Cluster;
  let others: OtherSystems;
  beforeAll(async () => {
    others = await OtherSystems.create();
    cluster = await Cluster.start({ config: others.config });
    await others.write(cluster.consoles.target);
  }, SCENARIO_MS);
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await others?.[Symbol.asyncDispose]();
  });

  test("end all their sessions at one instant", async () => {
    const token = await cluster.issue({ ttl: LEAD_SECONDS + SESSIONS / OPENED_PER_SECOND });
    const clients = await inParallel(SESSIONS, async (index) => await cluster.open(index % 3, token));
    expect(Date.now()).toBeLessThan(token.expiresAt);
    // As if clients and other programs were at other machines.
    setPriority(constants.priority.PRIORITY_LOW);
    onTestFinished(() => trySetPriority(process.pid, constants.priority.PRIORITY_NORMAL));
    for (const pid of cluster.pids) trySetPriority(pid, constants.priority.PRIORITY_HIGHEST);
    const waited = cluster.gateways.map(({ pid }) => waiting([pid]));
    const ends = await cluster.consoles.ended(clients.map(({ name }) => name));
    const late = ends.map((end) => end - token.expiresAt);
    // One process has all targets: for many it takes longer than the gateways do.
    measured(`${SESSIONS} deadlines at one instant: targets have seen their ends`, spread(late), "never early");
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    for (const [number, gateway] of cluster.gateways.entries()) {
      const own = await until(
        () => gateway.logged("session ended").map(({ late_ms }) => Number(late_ms)),
        ({ length }) => length >= Math.floor(SESSIONS / cluster.gateways.length),
        `the log of all sessions of ${gateway.name}`,
      );
      measured(`${SESSIONS} deadlines at one instant: ${gateway.name} is late by`, spread(own), `${BOUND_MS} ms`);
      expect(Math.max(...own) - (waited[number]?.() ?? 0)).toBeLessThan(BOUND_MS);
    }
    const codes = await Promise.all(clients.map(async ({ ended }) => (await ended).code));
    expect(new Set(codes)).toEqual(new Set([CloseCode.session_expired]));
  });

  test("share first uses, single uses and locks of tokens of other systems", async () => {
    const { admin } = cluster.gateway(0);
    const twice = await Promise.all([1, 2].map(async (at) => await cluster.open(at, await others.jwt("alice"))));
    const firstUse = Date.now();
    const waited = waiting(cluster.pids);
    const listed = [await cluster.open(0, others.listed), await cluster.open(2, others.listed)];
    const { sessions } = await cluster.gateway(1).sessions();
    const expiries = listed.map(({ session }) => sessions.find(({ id }) => id === session)?.expires_at);
    expect(expiries).toEqual([expect.any(String), expiries[0]]);
    const used = await others.jwt("bob", { single_use: true });
    const attempts = [0, 1, 2].map(async (at) => await cluster.open(at, used).catch((error: OpenError) => error));
    const outcomes = await Promise.all(attempts);
    const single = outcomes.filter((outcome) => outcome instanceof ConsoleClient);
    expect(single).toHaveLength(1);
    const token = await others.jwt("carol");
    const locked = await Promise.all([1, 2].map(async (at) => await cluster.open(at, token)));
    const lockedAt = Date.now();
    for (const lock of [{ token: token.id }, { user: "alice" }, { user: "bob" }]) await admin.lock(lock);
    const ends = await Promise.all([...twice, ...single, ...locked].map(async ({ ended }) => await ended));
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([CloseCode.session_terminated]));
    const after = ends.map(({ at }) => at - lockedAt);
    measured("locks of tokens and users of other systems: sessions end after", spread(after), "250 ms");
    for (const at of cluster.gateways.keys()) {
      expect(await lastingRefusal(cluster, at, token)).toBe("token_invalid");
      expect(await lastingRefusal(cluster, at, await others.jwt("alice"))).toBe("forbidden");
    }
    const seen = await cluster.consoles.ended(listed.map(({ name }) => name));
    const waitedMs = waited();
    for (const end of seen) {
      expect(end - firstUse).toBeGreaterThanOrEqual(FIRST_USE_SECONDS * 1000);
      expect(end - firstUse - waitedMs).toBeLessThan(FIRST_USE_SECONDS * 1000 + BOUND_MS);
    }
    for (const at of cluster.gateways.keys())
      expect(await lastingRefusal(cluster, at, others.listed)).toBe("token_expired");
  });
});
