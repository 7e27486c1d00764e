import { CloseCode } from "@curfew/protocol";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Cluster } from "./lab/cluster.ts";
import { counted, listed } from "./lab/counts.ts";
import { measured, spread } from "./lab/report.ts";
import { expectRevoked, isRevoked, openWatched, refusal, revokeAll, type Watched } from "./lab/revocations.ts";
import { IS_FULL, SCENARIO_MS } from "./lab/scale.ts";
import { opened, serving } from "./lab/serving.ts";
import { until } from "./lab/until.ts";

/** Sessions of each scenario; one token each. */
const SESSIONS = 600;

/** How often all connections are ended, in milliseconds, and for how long. */
const DROP_EVERY_MS = 100;
const DROPS = 100;

/** How late a gateway notices that the store was emptied, in milliseconds: a beat, and what it does then. */
const NOTICE_MS = 3000;

// Tests of the parts show the same sooner: the whole test does without.
describe.runIf(IS_FULL)("a store that answers, but not as it should", { timeout: SCENARIO_MS }, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start({ sessions: { max: 100_000 } });
  }, SCENARIO_MS);
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    await serving(cluster);
    await counted(cluster, 0);
  }, SCENARIO_MS);

  /** Revokes what runs, and leaves nothing. */
  async function revokeRest(what: string, watched: readonly Watched[]): Promise<void> {
    const rest = watched.filter(({ client }) => client.isOpen);
    const { after } = await revokeAll(cluster, rest, 1);
    measured(`${what}: revocation`, spread(after));
    await expectRevoked(cluster, watched);
    measured(`${what}: missed`, `0 of ${watched.length}`, "0");
  }

  test("is full: revocations and locks are written, and gateways connect again", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const token = await cluster.issue();
    const limit = async (bytes: string): Promise<void> => {
      await cluster.store.ask(async (client) => await client.configSet("maxmemory", bytes));
    };
    await limit("1");
    onTestFinished(async () => await limit("0"));
    await expect(cluster.issue()).rejects.toThrow("OOM");
    expect(await refusal(cluster, 1, token)).toBe("server_busy");
    await revokeRest("full", watched.slice(0, SESSIONS / 3));
    await cluster.store.dropClients();
    const isUp = async (): Promise<unknown> =>
      await Promise.all(cluster.gateways.map(async (gateway) => await gateway.metric("curfew_cluster_store_up")));
    await until(isUp, (up) => String(up) === "1,1,1", "gateways that are connected");
    await counted(cluster, (SESSIONS * 2) / 3);
    const lock = await cluster.gateway(2).admin.lock({ user: "mallory" });
    await until(
      async () => (await cluster.gateway(0).admin.listLocks()).length,
      (locks) => locks === 1,
      "a lock at another gateway",
    );
    await cluster.gateway(0).admin.liftLock(lock.id);
    await limit("0");
    await serving(cluster);
    await revokeRest("full and connected again", watched.slice(SESSIONS / 3));
  });

  test("is emptied: sessions whose tokens it does not know end, and locks are written again", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const lock = await cluster.gateway(0).admin.lock({ user: "mallory" });
    await cluster.store.ask(async (client) => await client.flushAll());
    const emptiedAt = Date.now();
    const ends = await Promise.all(watched.map(async ({ client }) => await client.ended));
    measured("emptied: sessions end after", spread(ends.map(({ at }) => at - emptiedAt)), `${NOTICE_MS} ms`);
    expect(Math.max(...ends.map(({ at }) => at - emptiedAt))).toBeLessThan(NOTICE_MS);
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([CloseCode.session_terminated]));
    await serving(cluster);
    await expectRevoked(cluster, watched);
    for (const { admin } of cluster.gateways)
      expect(await admin.listLocks()).toEqual([expect.objectContaining({ id: lock.id })]);
    await cluster.gateway(1).admin.liftLock(lock.id);
  });

  test("has become a replica: it is left, and found again as a master", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const follow = async (...master: readonly string[]): Promise<void> => {
      await cluster.store.ask(async (client) => await client.sendCommand(["REPLICAOF", ...master]));
    };
    await follow("127.0.0.1", "1");
    onTestFinished(async () => await follow("NO", "ONE"));
    await until(
      async () => await Promise.all(cluster.gateways.map(async (gateway) => (await gateway.readiness())[0])),
      (statuses) => statuses.every((status) => status === 503),
      "gateways that are not ready",
    );
    expect(await isRevoked(cluster, watched[0]?.token.id ?? "", 0)).toBe(false);
    await follow("NO", "ONE");
    measured("read-only: all gateways ready again after", `${await serving(cluster)} ms`);
    expect((await watched[0]?.client.ended)?.code).toBe(CloseCode.session_terminated);
    await revokeRest("read-only", watched);
  });

  test("ends all connections again and again", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const dropping = async (): Promise<void> => {
      for (let drop = 0; drop < DROPS; drop += 1) {
        await cluster.store.dropClients();
        await delay(DROP_EVERY_MS);
      }
    };
    const revoking = watched.slice(0, SESSIONS / 2);
    const [{ unwritten }] = await Promise.all([revokeAll(cluster, revoking, 0, undefined, 4), dropping()]);
    measured("connections ended: answered as not written", `${unwritten} of ${revoking.length}`);
    measured("connections ended: all gateways ready again after", `${await serving(cluster)} ms`);
    await listed(cluster, 1, watched.length - revoking.length);
    await revokeRest("connections ended", watched);
  });

  test("takes another password: connections go on, and gateways without one say why", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    await cluster.store.ask(async (client) => {
      const set = async (...rules: readonly string[]): Promise<void> => {
        await client.sendCommand(["ACL", "SETUSER", "default", ...rules]);
      };
      await set("resetpass", ">another");
      (await opened(cluster, 1, await cluster.issue())).abort();
      for (const type of ["normal", "pubsub"]) {
        await client.sendCommand(["CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"]);
      }
      for (const gateway of cluster.gateways) {
        await until(
          () => gateway.logged("no connection to the cluster's store").map(({ err }) => JSON.stringify(err)),
          (reasons) => reasons.some((reason) => /NOAUTH|WRONGPASS/.test(reason)),
          `the reason why ${gateway.name} has no connection`,
        );
      }
      await set("nopass");
    });
    measured("another password and back: all gateways ready again after", `${await serving(cluster)} ms`);
    await revokeRest("another password and back", watched);
  });
});
