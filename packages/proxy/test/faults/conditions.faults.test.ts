import { describe, expect, test } from "vitest";
import { HAS_CLOCKS, wrongClock } from "./lab/clock.ts";
import { Cluster } from "./lab/cluster.ts";
import { measured, spread } from "./lab/report.ts";
import { expectRevoked, lastingRefusal, openWatched, revokeAll, type Watched } from "./lab/revocations.ts";
import { scaled, SCENARIO_MS } from "./lab/scale.ts";
import { serving } from "./lab/serving.ts";
import { until } from "./lab/until.ts";
import { waiting } from "../support/waited.ts";

if (!HAS_CLOCKS) process.stdout.write("faults: SKIPPED skewed clocks: they need libfaketime on Linux\n");

const SKEW_MS = 2000;

/** How late a busy machine may be, in milliseconds. */
const LATE_MS = 500;

const DESCRIPTORS = 200;

/** Of a token: time for a session at each gateway, also by the clock that is ahead. */
const TTL_SECONDS = 10;

describe("a cluster goes on", { timeout: SCENARIO_MS }, () => {
  test.runIf(HAS_CLOCKS)("with a clock that is wrong: deadlines are off by its error, and nothing else", async () => {
    const clocks = [0, -SKEW_MS, SKEW_MS];
    await using cluster = await Cluster.start({
      only: (number) => {
        const skewMs = clocks[number] ?? 0;
        return skewMs === 0 ? {} : { env: wrongClock(skewMs) };
      },
    });
    const token = await cluster.issue({ ttl: TTL_SECONDS });
    const clients = await Promise.all(clocks.map(async (_, number) => await cluster.open(number, token)));
    const watched = await openWatched(cluster, scaled(300, 30));
    const { after } = await revokeAll(cluster, watched, 1);
    measured("skewed clocks: revocation", spread(after), "p99 250 ms");
    await expectRevoked(cluster, watched);
    for (const [number, gateway] of cluster.gateways.entries()) {
      const said = await until(
        async () => await gateway.metric("curfew_cluster_clock_difference_seconds"),
        (seconds) => Math.abs((seconds ?? 0) * 1000 - (clocks[number] ?? 0)) < LATE_MS,
        `the metric of a clock that is off by ${clocks[number]} ms`,
      );
      measured(`skewed clocks: ${gateway.name} says`, `${said} s`, `${(clocks[number] ?? 0) / 1000} s`);
    }
    const waited = waiting(cluster.pids);
    const ends = await cluster.consoles.ended(clients.map(({ name }) => name));
    const waitedMs = waited();
    for (const [number, end] of ends.entries()) {
      const late = end - (token.expiresAt - (clocks[number] ?? 0));
      measured(`skewed clocks: a deadline by a clock off by ${clocks[number]} ms is late by`, `${late} ms`);
      expect(late).toBeGreaterThan(-LATE_MS);
      expect(late - waitedMs).toBeLessThan(LATE_MS);
    }
  });

  test("with a gateway that is out of descriptors: it still hears of revocations, and finds the store again", async () => {
    await using cluster = await Cluster.start({
      gateways: 2,
      only: (number) => (number === 1 ? { descriptors: DESCRIPTORS } : {}),
    });
    /** Opens sessions until the gateway refuses one. */
    const fill = async (): Promise<Watched[]> => {
      const opened: Watched[] = [];
      for (;;) {
        const token = await cluster.issue();
        const client = await cluster.open(1, token).catch(() => undefined);
        if (client === undefined) return opened;
        opened.push({ token, client });
      }
    };
    const watched = await fill();
    measured("out of descriptors: sessions until it refuses", `${watched.length} with ${DESCRIPTORS} descriptors`);
    const half = Math.floor(watched.length / 2);
    const first = await revokeAll(cluster, watched.slice(0, half), 0);
    measured("out of descriptors: revocation", spread(first.after), "p99 250 ms");
    await serving(cluster);
    const more = await fill();
    await cluster.store.dropClients();
    const second = await revokeAll(cluster, [...watched.slice(half), ...more], 0);
    measured("out of descriptors, the store lost and found again: revocation", spread(second.after));
    await serving(cluster);
    const last = await cluster.issue();
    expect((await cluster.open(1, last)).isOpen).toBe(true);
    await cluster.gateway(0).admin.revokeToken(last.id);
    expect(await lastingRefusal(cluster, 1, last)).toBe("token_invalid");
  });
});
