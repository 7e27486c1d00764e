import { CloseCode } from "@curfew/protocol";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Balancer } from "./lab/balancer.ts";
import { Cluster, LEASE_SECONDS } from "./lab/cluster.ts";
import { counted, listed } from "./lab/counts.ts";
import { inParallel } from "../support/in-parallel.ts";
import { measured, spread } from "./lab/report.ts";
import { isRevoked, refusal } from "./lab/revocations.ts";
import { IS_FULL, scaled, SCENARIO_MS } from "./lab/scale.ts";
import { opened } from "./lab/serving.ts";
import { until } from "./lab/until.ts";
import { stopwatch } from "../support/waited.ts";
import { User } from "./lab/user.ts";

const USERS = scaled(3000, 150);

/** Sessions that one user may have, and users who have as many. */
const MAX_PER_USER = 3;
const BUSY_USERS = 5;

/** Sessions that may run in the whole cluster: as many as the scenarios open. */
const MAX = USERS + MAX_PER_USER * BUSY_USERS;

/** How often gateways look for leases that have ended, and answer, in milliseconds. */
const REAP_MS = 5000;

/** How long sessions may go on at a gateway that drains, in seconds. */
const DRAIN_SECONDS = scaled(1, 0.2);

describe("gateways behind HAProxy", { timeout: SCENARIO_MS }, () => {
  let cluster: Cluster;
  let balancer: Balancer;
  let users: User[] = [];
  beforeAll(async () => {
    cluster = await Cluster.start({
      sessions: { max: MAX, max_per_user: MAX_PER_USER, max_per_token: null, drain_timeout: DRAIN_SECONDS },
      // One has processes of its own for its sessions.
      only: (number) => (number === 2 ? { workers: 2 } : {}),
    });
    balancer = await Balancer.start(cluster.gateways, cluster.folder);
  }, SCENARIO_MS);
  afterAll(async () => {
    await balancer?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    await inParallel(users.length, async (index) => await users[index]?.[Symbol.asyncDispose]());
    users = [];
    await counted(cluster, 0);
  });

  /** Fills the cluster up to its limits: users with a console each, and users with as many as they may have. */
  async function arrive(): Promise<void> {
    users = await inParallel(USERS, async () => await User.arrive(balancer.at, (await cluster.issue()).token));
    const busy = await inParallel(BUSY_USERS * MAX_PER_USER, async (index) => {
      const { token } = await cluster.issue({ user: `user-${index % BUSY_USERS}` });
      return await User.arrive(balancer.at, token);
    });
    users.push(...busy);
    await expectFull();
  }

  /** All users have a console that answers, and no more are let in, with or without a user. */
  async function expectFull(): Promise<void> {
    const connected = (): number => users.filter(({ isConnected }) => isConnected).length;
    await until(connected, (count) => count === users.length, `a console for each of ${users.length} users`);
    await listed(cluster, 1, users.length);
    await counted(cluster, MAX);
    for (const [number, gateway] of cluster.gateways.entries()) {
      if (!gateway.isRunning) continue;
      expect(await refusal(cluster, number, await cluster.issue({ at: 1 }))).toBe("server_busy");
    }
    await inParallel(users.length, async (index) => await users[index]?.client.echo());
  }

  /** One user leaves, who had as many sessions as allowed, and another one may have one instead; only one. */
  async function expectExactLimits(): Promise<void> {
    const leaving = users.pop();
    await leaving?.[Symbol.asyncDispose]();
    await listed(cluster, 1, users.length);
    const other = await cluster.issue({ at: 1, user: `user-${BUSY_USERS - 2}` });
    expect(await refusal(cluster, 1, other)).toBe("server_busy");
    const same = await cluster.issue({ at: 1, user: `user-${BUSY_USERS - 1}` });
    users.push(await User.arrive(balancer.at, same.token));
    expect(await refusal(cluster, 1, same)).toBe("server_busy");
  }

  test("take over the sessions of one that is killed, and count them once", async () => {
    await arrive();
    const { sessions } = await cluster.gateway(1).sessions();
    const killed = cluster.gateway(0);
    const lost = new Set(sessions.filter(({ gateway }) => gateway === killed.name).map(({ id }) => id));
    expect(lost.size).toBeGreaterThan(USERS / 6);
    const elapsed = stopwatch([1, 2].map((number) => cluster.gateway(number).pid));
    await killed.kill();
    await until(
      async () => (await cluster.gateway(1).sessions()).sessions.filter(({ id }) => lost.has(id)).length,
      (count) => count === 0,
      "a list without the sessions of the gateway that was killed",
    );
    const unlistedMs = elapsed();
    measured("gateway killed: its sessions left the list after", `${Math.round(unlistedMs)} ms`, `${LEASE_SECONDS} s`);
    expect(unlistedMs).toBeLessThan(LEASE_SECONDS * 1000 + REAP_MS);
    await expectFull();
    const gaps = users.flatMap((user) => user.gaps);
    measured("gateway killed: sessions lost", String(lost.size));
    measured("gateway killed: users without a console for", spread(gaps), "lease and back-off");
    expect(gaps.length).toBeGreaterThanOrEqual(lost.size);
    await expectExactLimits();
    await killed.restart();
  });

  test("count right after a worker is killed", async () => {
    await arrive();
    const [worker] = cluster.gateway(2).workers;
    process.kill(worker ?? 0, "SIGKILL");
    await until(
      () => users.filter((user) => user.ends.length > 0).length,
      (count) => count > 0,
      "a session that is lost",
    );
    await expectFull();
    measured("worker killed: users without a console for", spread(users.flatMap((user) => user.gaps)));
    await expectExactLimits();
  });

  test.runIf(IS_FULL)("miss nothing while a worker hangs as its gateway connects to the store again", async () => {
    await arrive();
    const token = await cluster.issue();
    const user = users.pop();
    await user?.[Symbol.asyncDispose]();
    const [worker = 0] = cluster.gateway(2).workers;
    process.kill(worker, "SIGSTOP");
    await cluster.store.dropClients();
    const other = await opened(cluster, 2, token, { mayBreak: true });
    const revokedAt = Date.now();
    await isRevoked(cluster, token.id, 1);
    const [end = 0] = await cluster.consoles.ended([other.name]);
    measured("worker hangs, connection lost: a revocation takes", `${end - revokedAt} ms`);
    users.push(await User.arrive(balancer.at, (await cluster.issue()).token));
    await expectFull();
    measured(
      "worker hangs: users without a console for",
      spread(users.flatMap((each) => each.gaps)),
      "5 s and back-off",
    );
    await expectExactLimits();
  });

  test("are replaced one after the other without losing a console for longer than a reconnect", async () => {
    await arrive();
    for (const gateway of cluster.gateways) {
      const drainedAt = performance.now();
      expect(await gateway.drain()).toBe(0);
      measured(`rolling upgrade: ${gateway.name} drained in`, `${Math.round(performance.now() - drainedAt)} ms`);
      await gateway.restart();
      await until(
        async () => (await gateway.readiness())[0],
        (status) => status === 200,
        "readiness",
      );
    }
    await expectFull();
    measured(
      "rolling upgrade: reconnects, and users without a console for",
      spread(users.flatMap((user) => user.gaps)),
    );
    const codes = new Set(users.flatMap(({ ends }) => ends.map(({ code }) => code)));
    expect([...codes].filter((code) => code !== CloseCode.server_draining)).toEqual([]);
    await expectExactLimits();
  });

  test("keep what they count while the load balancer stands still or is killed", async () => {
    await arrive();
    const ids = new Set(users.map(({ client }) => client.session));
    balancer.signal("SIGSTOP");
    await delay(scaled(20_000, 1000));
    const { sessions } = await cluster.gateway(1).sessions();
    expect(sessions.filter(({ id }) => ids.has(id))).toHaveLength(users.length);
    balancer.signal("SIGCONT");
    await inParallel(users.length, async (index) => await users[index]?.client.echo());
    measured("load balancer stopped: sessions lost", String(users.flatMap(({ ends }) => ends).length), "0");
    expect(users.flatMap(({ ends }) => ends)).toEqual([]);
    await balancer.kill();
    await balancer.restart();
    await expectFull();
    measured("load balancer killed: users without a console for", spread(users.flatMap((user) => user.gaps)));
    await expectExactLimits();
  });
});
