import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Cluster, type Token } from "./lab/cluster.ts";
import { measured, spread } from "./lab/report.ts";
import { openWatched, revokeAll, tryRevoked } from "./lab/revocations.ts";
import { scaled, SCENARIO_MS } from "./lab/scale.ts";
import { until } from "./lab/until.ts";

/** Sessions of each scenario; one token each. */
const SESSIONS = scaled(2000, 60);

/** How long the replicas are cut off, in seconds: until the master is gone. */
const CUT_OFF_SECONDS = 2;

describe("a store that is replicated, and watched by Sentinels", { timeout: SCENARIO_MS }, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start({ isReplicated: true });
  }, SCENARIO_MS);
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => await cluster.sentinels.heal(), SCENARIO_MS);

  /** Waits until all gateways open sessions again. */
  async function allReady(): Promise<number> {
    const start = performance.now();
    for (const gateway of cluster.gateways) {
      await until(
        async () => await gateway.readiness(),
        ([status]) => status === 200,
        `the readiness of ${gateway.name}`,
      );
    }
    return performance.now() - start;
  }

  async function revokeDuring(what: string, fail: () => Promise<void>): Promise<readonly Token[]> {
    const watched = await openWatched(cluster, SESSIONS);
    const [before, after] = [watched.slice(0, SESSIONS / 2), watched.slice(SESSIONS / 2)];
    const first = await revokeAll(cluster, before, 0);
    measured(`${what}: revocation with the store beside`, spread(first.afterAnswer), "p99 250 ms");
    await fail();
    const second = await revokeAll(cluster, after, 1, async () => {
      measured(`${what}: all gateways ready again after`, `${Math.round(await allReady())} ms`);
    });
    measured(`${what}: revocation during the failover`, spread(second.afterAnswer));
    measured(`${what}: answered as not written`, `${second.unwritten} of ${after.length}`);
    const refusals = await tryRevoked(
      cluster,
      watched.map(({ token }) => token),
    );
    expect(Object.keys(refusals)).toEqual(["token_invalid"]);
    measured(`${what}: missed`, `0 of ${SESSIONS}`, "0");
    return watched.map(({ token }) => token);
  }

  test("loses no revocation when the master is killed", async () => {
    await revokeDuring("master killed", async () => await (await cluster.sentinels.master()).kill());
  });

  test("loses no revocation when the master stops, and goes on later", async () => {
    const master = await cluster.sentinels.master();
    const tokens = await revokeDuring("master stopped", async () => master.signal("SIGSTOP"));
    await cluster.sentinels.masterAfter(master);
    master.signal("SIGCONT");
    // It takes itself for the master at first.
    await cluster.sentinels.isReplica(master);
    expect(Object.keys(await tryRevoked(cluster, tokens))).toEqual(["token_invalid"]);
  });

  test("loses no revocation while the old master takes itself for one again", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const master = await cluster.sentinels.master();
    master.signal("SIGSTOP");
    onTestFinished(() => master.signal("SIGCONT"));
    await cluster.sentinels.masterAfter(master);
    // Gateways may still have connections to it.
    master.signal("SIGCONT");
    const { afterAnswer, unwritten } = await revokeAll(cluster, watched, 2);
    measured("two masters: answered as not written", `${unwritten} of ${watched.length}`);
    measured("two masters: revocation", spread(afterAnswer));
    await cluster.sentinels.isReplica(master);
    await allReady();
    const refusals = await tryRevoked(
      cluster,
      watched.map(({ token }) => token),
    );
    expect(Object.keys(refusals)).toEqual(["token_invalid"]);
  });

  test("loses no revocation when the failover loses what was written last", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const kept = await openWatched(cluster, 3);
    const master = await cluster.sentinels.master();
    await cluster.sentinels.cutOffReplicas(CUT_OFF_SECONDS);
    const { unwritten, afterAnswer } = await revokeAll(cluster, watched, 0);
    expect(unwritten).toBe(0);
    await master.kill();
    await cluster.sentinels.masterAfter(master);
    measured("last writes lost: revocation before", spread(afterAnswer));
    measured("last writes lost: all gateways ready again after", `${Math.round(await allReady())} ms`);
    const refusals = await tryRevoked(
      cluster,
      watched.map(({ token }) => token),
    );
    expect(Object.keys(refusals)).toEqual(["token_invalid"]);
    measured("last writes lost: missed", `0 of ${watched.length}`, "0");
    for (const { client } of kept) await client.echo();
  });
});
