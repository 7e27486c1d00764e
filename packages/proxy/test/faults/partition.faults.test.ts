import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Cluster } from "./lab/cluster.ts";
import { inParallel } from "../support/in-parallel.ts";
import { HAS_NETWORK } from "./lab/network.ts";
import { measured, spread } from "./lab/report.ts";
import { expectRevoked, openWatched, refusal, revokeAll, type Watched } from "./lab/revocations.ts";
import { scaled, SCENARIO_MS } from "./lab/scale.ts";
import { serving } from "./lab/serving.ts";
import { SlowRelay } from "./lab/slow-relay.ts";
import { until } from "./lab/until.ts";
import { waiting } from "../support/waited.ts";

/** Sessions of each scenario; one token each. */
const SESSIONS = scaled(2000, 60);

/** The gateway that is cut off, the one that reaches the store over a long line, and one that is well. */
const PARTED = 0;
const REMOTE = 1;
const WELL = 2;

/** How long a new session may take to be refused without the store, in milliseconds. */
const REFUSAL_MS = 3000;

const PARTITION_MS = scaled(30_000, 6000);

/** The share of packets that a bad line loses, and how long it keeps each, in each direction, in milliseconds. */
const LOSS = 0.1;
const DELAY_MS = 200;

/** Within which a session ends after its deadline in a busy lab, in milliseconds. */
const LATE_MS = 500;

if (!HAS_NETWORK) process.stdout.write("faults: SKIPPED partition and loss: they need root, iproute2 and iptables\n");

describe.runIf(HAS_NETWORK)("a network that is bad", { timeout: SCENARIO_MS }, () => {
  let cluster: Cluster;
  let relay: SlowRelay;
  beforeAll(async () => {
    cluster = await Cluster.start({
      isNetworked: true,
      // So that opening a session asks the store twice.
      sessions: { max: 100_000 },
      prepare: async (store) => {
        relay = await SlowRelay.listen(store.host, store.port);
      },
      storeUrl: (number, store) => (number === REMOTE ? `redis://${store.host}:${relay.port}` : store.url),
    });
  }, SCENARIO_MS);
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await relay?.[Symbol.asyncDispose]();
  });

  test("loses no revocation while one gateway is cut off from it", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const fresh = await cluster.issue({ at: REMOTE });
    const deadline = await cluster.issue({ at: REMOTE, ttl: PARTITION_MS / 1000 - 1 });
    const expiring = await cluster.open(PARTED, deadline);
    const machine = cluster.machine(PARTED);
    machine.partition(cluster.store.port);
    onTestFinished(() => machine.heal());
    const cutAt = Date.now();
    const waited = waiting(cluster.pids);
    // Before the gateway knows that the store is away.
    const refused = refusal(cluster, PARTED, fresh).then((reason) => ({ reason, ms: Date.now() - cutAt }));
    const { after } = await revokeAll(cluster, watched, REMOTE, async () => {
      await until(
        async () => await cluster.gateway(PARTED).readiness(),
        ([status]) => status === 503,
        "unreadiness",
      );
      measured("cut off: /readyz says so after", `${Date.now() - cutAt} ms`, "5000 ms");
      expect((await cluster.gateway(PARTED).readiness())[1]).toMatch(/store/);
      const { reason, ms } = await refused;
      measured("cut off: a new session is refused after", `${ms} ms`, `${REFUSAL_MS} ms`);
      expect(reason).toBe("server_busy");
      expect(ms - waited()).toBeLessThan(REFUSAL_MS);
      const [end] = await cluster.consoles.ended([expiring.name]);
      const late = (end ?? 0) - deadline.expiresAt;
      measured("cut off: a deadline is late by", `${late} ms`, `0 to ${LATE_MS} ms`);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late - waited()).toBeLessThan(LATE_MS);
      await delay(cutAt + PARTITION_MS - Date.now());
      machine.heal();
    });
    const healed = after.filter((milliseconds) => milliseconds > PARTITION_MS / 2);
    measured("cut off: revocation at the gateways with the store", spread(after.filter((ms) => !healed.includes(ms))));
    measured(
      "cut off: revocation at the gateway without",
      spread(healed),
      `${PARTITION_MS} ms and what the way back takes`,
    );
    await serving(cluster);
    await expectRevoked(cluster, watched);
    measured("cut off: missed", `0 of ${watched.length}`, "0");
    const client = await cluster.open(PARTED, fresh);
    client.abort();
  });

  test("is enough over a line that is slow and loses packets", async () => {
    const watched = await openWatched(cluster, SESSIONS, [PARTED, WELL]);
    const stillDelayed = cluster.machine(REMOTE).impair(relay.port, { loss: LOSS, delayMs: DELAY_MS });
    relay.delayMs = stillDelayed;
    onTestFinished(() => {
      relay.delayMs = 0;
      cluster.machine(REMOTE).heal();
    });
    const opened: Watched[] = [];
    const openingAt = performance.now();
    const refusals: Record<string, number> = {};
    await inParallel(scaled(200, 20), async () => {
      const token = await cluster.issue({ at: PARTED });
      const outcome = await cluster.open(REMOTE, token).catch((error: Error) => error);
      if (outcome instanceof Error) refusals[outcome.message] = (refusals[outcome.message] ?? 0) + 1;
      else opened.push({ token, client: outcome });
    });
    const tookMs = Math.round(performance.now() - openingAt);
    measured("long line: sessions opened and refused", `${opened.length}, ${JSON.stringify(refusals)} in ${tookMs} ms`);
    expect(Object.keys(refusals).filter((reason) => !/server_busy|lookup_failed/.test(reason))).toEqual([]);
    const { after } = await revokeAll(cluster, [...opened, ...watched], PARTED, undefined, 20);
    measured("long line: revocation at its end", spread(after.slice(0, opened.length)));
    measured("long line: revocation elsewhere", spread(after.slice(opened.length)), "p99 250 ms");
    await expectRevoked(cluster, opened);
    measured("long line: missed", `0 of ${opened.length}`, "0");
  });
});
