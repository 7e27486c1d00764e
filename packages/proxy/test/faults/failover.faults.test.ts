import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Cluster } from "./lab/cluster.ts";
import { measured, spread } from "./lab/report.ts";
import { expectRevoked, openWatched, revokeAll, type Watched } from "./lab/revocations.ts";
import { IS_FULL, scaled, SCENARIO_MS } from "./lab/scale.ts";
import { serving } from "./lab/serving.ts";
import { until } from "./lab/until.ts";
import { stopwatch } from "../support/waited.ts";

/** Sessions of each scenario; one token each. */
const SESSIONS = scaled(2000, 60);

/** How long the replicas are cut off, in seconds: until the master is gone. */
const CUT_OFF_SECONDS = 2;

/** For how long a Sentinel hangs before the next one does, in milliseconds: gateways ask all of them every second. */
const HANGING_MS = 3000;

/** When all gateways have left a master that the Sentinels have replaced: long before these demote it, after ten seconds. */
const LEAVE_MS = 5000;

describe("a store that is replicated, and watched by Sentinels", { timeout: SCENARIO_MS }, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start({ isReplicated: true });
  }, SCENARIO_MS);
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => void (await serving(cluster)), SCENARIO_MS);

  async function revokeDuring(what: string, fail: () => Promise<void>): Promise<readonly Watched[]> {
    const watched = await openWatched(cluster, SESSIONS);
    const [before, during] = [watched.slice(0, SESSIONS / 2), watched.slice(SESSIONS / 2)];
    const first = await revokeAll(cluster, before, 0);
    measured(`${what}: revocation with the store beside`, spread(first.after), "p99 250 ms");
    await fail();
    const second = await revokeAll(cluster, during, 1, async () => {
      measured(`${what}: all gateways ready again after`, `${await serving(cluster)} ms`);
    });
    measured(`${what}: revocation during the failover`, spread(second.after));
    measured(`${what}: answered as not written`, `${second.unwritten} of ${during.length}`);
    await expectRevoked(cluster, watched);
    measured(`${what}: missed`, `0 of ${SESSIONS}`, "0");
    return watched;
  }

  // The last scenario kills one, too.
  test.runIf(IS_FULL)("loses no revocation when the master is killed", async () => {
    await revokeDuring("master killed", async () => await (await cluster.sentinels.master()).kill());
  });

  test("loses no revocation while an old master takes itself for one", async () => {
    const master = await cluster.sentinels.master();
    const watched = await revokeDuring("two masters", async () => {
      master.signal("SIGSTOP");
      onTestFinished(() => master.signal("SIGCONT"));
      await cluster.sentinels.promoted(master);
      // Most gateways still have connections to it.
      master.signal("SIGCONT");
    });
    await cluster.sentinels.masterAfter(master);
    const elapsed = stopwatch(cluster.pids);
    await until(
      // A server that becomes a replica closes its connections.
      async () =>
        await master.ask(async (client) => await client.sendCommand<string>(["CLIENT", "LIST"])).catch(() => ""),
      // Sentinels and replicas use an older protocol; one more is the connection that asks.
      (list) => list.match(/ resp=3\b/g)?.length === 1,
      "an old master that all gateways have left",
    );
    const leftMs = Math.round(elapsed());
    measured("two masters: all gateways have left the old one after", `${leftMs} ms`, `${LEAVE_MS} ms`);
    expect(leftMs).toBeLessThan(LEAVE_MS);
    if (!IS_FULL) return;
    await cluster.sentinels.isReplica(master);
    await expectRevoked(cluster, watched);
  });

  test("loses no revocation when the failover loses what was written last", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const kept = await openWatched(cluster, 3);
    const master = await cluster.sentinels.master();
    await cluster.sentinels.cutOffReplicas(CUT_OFF_SECONDS);
    const { unwritten, after } = await revokeAll(cluster, watched, 0);
    expect(unwritten).toBe(0);
    await master.kill();
    await cluster.sentinels.masterAfter(master);
    measured("last writes lost: revocation before", spread(after));
    measured("last writes lost: all gateways ready again after", `${await serving(cluster)} ms`);
    // Has heard of no revocation.
    await cluster.gateway(2).restart();
    await expectRevoked(cluster, watched);
    measured("last writes lost: missed", `0 of ${watched.length}`, "0");
    for (const { client } of kept.slice(0, 2)) await client.echo();
  });

  test.runIf(IS_FULL)("goes on while all Sentinels hang, but not without the connection that it has", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const numbers = [0, 1, 2];
    onTestFinished(() => {
      for (const number of numbers) cluster.sentinels.signal(number, "SIGCONT");
    });
    const master = await cluster.sentinels.master();
    for (const number of numbers) {
      cluster.sentinels.signal(number, "SIGSTOP");
      await delay(HANGING_MS);
      measured(`${number + 1} of 3 Sentinels hang: all gateways open sessions after`, `${await serving(cluster)} ms`);
    }
    const { after } = await revokeAll(cluster, watched, 0);
    measured("all Sentinels hang: revocation", spread(after), "p99 250 ms");
    await master.dropClients();
    await until(
      async () => (await cluster.gateway(0).readiness())[0],
      (status) => status === 503,
      "a gateway without the store",
    );
    for (const number of numbers) cluster.sentinels.signal(number, "SIGCONT");
    measured("Sentinels go on: all gateways ready again after", `${await serving(cluster)} ms`);
    await expectRevoked(cluster, watched);
  });
});
