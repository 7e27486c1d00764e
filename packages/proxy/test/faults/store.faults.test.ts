import { CloseCode } from "@curfew/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { AdminError } from "../../src/admin/index.ts";
import { Cluster, LEASE_SECONDS } from "./lab/cluster.ts";
import { counted, listed } from "./lab/counts.ts";
import { measured, spread } from "./lab/report.ts";
import { expectRevoked, isRevoked, lastingRefusal, openWatched, refusal, revokeAll } from "./lab/revocations.ts";
import { scaled, SCENARIO_MS } from "./lab/scale.ts";
import { opened, serving } from "./lab/serving.ts";
import { until } from "./lab/until.ts";
import { waiting } from "../support/waited.ts";

/** Sessions of each scenario; one token each. */
const SESSIONS = scaled(2000, 60);

/** The gateway that is stopped, or asked while it cannot write; one beside it; and the one with a bound. */
const FIRST = 0;
const SECOND = 1;
const BOUND = 2;

/** More than a gateway may wait for a processor while others start: after that long its sessions end, as they have to. */
const END_AFTER_SECONDS = scaled(5, 8);

/** How long a lease holds at least after its gateway stops: the last beat may be a second old. In milliseconds. */
const LEASED_MS = (LEASE_SECONDS - 1) * 1000;

/** Within which a session ends in a busy lab, in milliseconds. */
const LATE_MS = 500;

/** The stores that are tried: databases only at full scale. */
const STORES: readonly { readonly name: string; readonly database?: "postgresql" | "mysql" }[] = [
  { name: "Redis or Valkey" },
  ...scaled(
    [{ name: "PostgreSQL", database: "postgresql" } as const, { name: "MariaDB", database: "mysql" } as const],
    [],
  ),
];

describe.each(STORES)("a store of one server: $name", { timeout: SCENARIO_MS }, ({ database }) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start({
      database,
      sessions: { max: 100_000, max_per_instance: 1, on_limit: "replace" },
      cluster: (number) => (number === BOUND ? { on_store_loss: { end_after: END_AFTER_SECONDS } } : {}),
    });
  }, SCENARIO_MS);
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
  });

  afterEach(() => cluster.abortAll());

  test("tells the other gateways of a revocation within 250 ms", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const { after, unwritten } = await revokeAll(cluster, watched, FIRST, undefined, 4);
    expect(unwritten).toBe(0);
    measured("revocation, from the request to the end of the target", spread(after), "p99 250 ms");
    await expectRevoked(cluster, watched);
    measured("quiet: missed", `0 of ${watched.length}`, "0");
  });

  test("loses no revocation while a gateway stands still for longer than its lease, and counts its sessions once", async () => {
    const watched = await openWatched(cluster, SESSIONS);
    const twice = await cluster.issue({ max_sessions: 2 });
    const [before, after] = [await cluster.issue({ instance: "vm-1" }), await cluster.issue({ instance: "vm-1" })];
    const kept = [
      ...(await openWatched(cluster, 6)).map(({ client }) => client),
      ...(await Promise.all([FIRST, SECOND].map(async (at) => await cluster.open(at, twice)))),
    ];
    const replaceable = await cluster.open(FIRST, before);
    await counted(cluster, SESSIONS + kept.length + 1);
    const stoppedAt = performance.now();
    cluster.gateway(FIRST).signal("SIGSTOP");
    onTestFinished(() => cluster.gateway(FIRST).signal("SIGCONT"));
    // It may go on at any time, so its sessions count until its lease has ended, and none is replaced that may run.
    const refused = [twice, after].map(async (token) => {
      const reason = await refusal(cluster, SECOND, token).catch(String);
      return performance.now() - stoppedAt < LEASED_MS ? reason : "server_busy";
    });
    expect(await Promise.all(refused)).toEqual(["server_busy", "server_busy"]);
    let goesOnAt = 0;
    await revokeAll(cluster, watched, SECOND, async () => {
      kept.push(...(await Promise.all([twice, after].map(async (token) => await opened(cluster, SECOND, token)))));
      const freeAfter = Math.round(performance.now() - stoppedAt);
      measured("gateway stopped: its slots are free after", `${freeAfter} ms`, `${LEASE_SECONDS} s and a beat`);
      expect(await refusal(cluster, SECOND, twice)).toBe("server_busy");
      goesOnAt = Date.now();
      cluster.gateway(FIRST).signal("SIGCONT");
    });
    const ends = await cluster.consoles.ended(watched.map(({ client }) => client.name));
    const afterIt = ends.map((end) => end - goesOnAt).filter((milliseconds) => milliseconds > 0);
    measured("gateway stopped: its revoked sessions ended after it went on", spread(afterIt));
    expect(afterIt.length).toBeGreaterThanOrEqual(Math.floor(SESSIONS / 3));
    await serving(cluster);
    // That another one replaces it may have waited for the gateway to go on.
    expect(replaceable.end?.code ?? CloseCode.session_replaced).toBe(CloseCode.session_replaced);
    replaceable.abort();
    expect(kept.flatMap(({ end }) => end ?? [])).toEqual([]);
    // Its sessions are above the limits now, and it opens no more.
    await listed(cluster, SECOND, kept.length);
    await counted(cluster, kept.length);
    for (const number of [FIRST, SECOND]) expect(await refusal(cluster, number, twice)).toBe("server_busy");
    for (const client of kept) await client.echo();
    await expectRevoked(cluster, watched);
    measured("gateway stopped: missed", `0 of ${watched.length}`, "0");
    for (const client of kept) client.abort();
    await counted(cluster, 0);
    (await cluster.open(FIRST, twice)).abort();
  });

  test("loses no revocation and no lock that it was asked for while it stood still, and answers that they are not written", async () => {
    const watched = await openWatched(cluster, SESSIONS, [FIRST, SECOND]);
    const locked = await cluster.issue({ user: "mallory" });
    const lockedClient = await cluster.open(SECOND, locked);
    cluster.signalStore("SIGSTOP");
    onTestFinished(() => cluster.signalStore("SIGCONT"));
    const lock = await cluster
      .gateway(FIRST)
      .admin.lock({ user: "mallory" })
      .catch((error: unknown) => error);
    expect(lock).toBeInstanceOf(AdminError);
    expect((lock as AdminError).status).toBeGreaterThanOrEqual(500);
    measured("store stopped: a lock is answered with", (lock as AdminError).message);
    const { after, unwritten } = await revokeAll(cluster, watched, FIRST, async () => {
      const [status, text] = await cluster.gateway(FIRST).readiness();
      measured("store stopped: /readyz says", `${status} ${text}`);
      expect([status, text]).toEqual([503, expect.stringMatching(/sessions go on until their deadlines/)]);
      // At the gateway that was asked, at once.
      for (const { client } of watched.filter((_, index) => index % 2 === 0)) await client.ended;
      cluster.signalStore("SIGCONT");
    });
    measured("store stopped: answered as not written", `${unwritten} of ${watched.length}`);
    expect(unwritten).toBe(watched.length);
    measured("store stopped: revocation", spread(after));
    await serving(cluster);
    expect((await lockedClient.ended).code).toBe(CloseCode.session_terminated);
    await expectRevoked(cluster, watched);
    measured("store stopped: missed", `0 of ${watched.length}`, "0");
    for (const number of cluster.gateways.keys())
      expect(await lastingRefusal(cluster, number, locked)).toBe("forbidden");
    const locks = await cluster.gateway(BOUND).admin.listLocks();
    expect(locks.map(({ value }) => value)).toEqual(["mallory"]);
    for (const { id } of locks) await cluster.gateway(BOUND).admin.liftLock(id);
  });

  test("opens nothing before a gateway that comes back later has written what it was asked to revoke", async () => {
    const watched = await openWatched(cluster, 6, [SECOND]);
    cluster.signalStore("SIGSTOP");
    onTestFinished(() => cluster.signalStore("SIGCONT"));
    for (const { token } of watched) expect(await isRevoked(cluster, token.id, FIRST)).toBe(false);
    cluster.gateway(FIRST).signal("SIGSTOP");
    onTestFinished(() => cluster.gateway(FIRST).signal("SIGCONT"));
    const isUp = async (): Promise<unknown> => await cluster.gateway(SECOND).metric("curfew_cluster_store_up");
    await until(isUp, (up) => up === 0, "a gateway that has noticed that the store is away");
    cluster.signalStore("SIGCONT");
    await until(isUp, (up) => up === 1, "a gateway that is back");
    const backAt = performance.now();
    cluster.gateway(FIRST).signal("SIGCONT");
    const refused = async (): Promise<string[]> =>
      await Promise.all(watched.map(async ({ token }) => await refusal(cluster, SECOND, token)));
    await until(refused, (reasons) => reasons.every((reason) => reason === "token_invalid"), "a refusal for good");
    measured("store back: sessions open again after", `${Math.round(performance.now() - backAt)} ms`, "2000 ms");
    await serving(cluster);
  });

  test("ends sessions at the stated time after it was last heard, where that is wanted, and keeps others", async () => {
    const bounded = await openWatched(cluster, SESSIONS / 2, [BOUND]);
    const keeping = await openWatched(cluster, 6, [FIRST, SECOND]);
    const token = await cluster.issue({ ttl: END_AFTER_SECONDS - 1 });
    const expiring = await cluster.open(FIRST, token);
    cluster.signalStore("SIGSTOP");
    onTestFinished(() => cluster.signalStore("SIGCONT"));
    const askedAt = Date.now();
    const age = await cluster.gateway(BOUND).metric("curfew_cluster_store_contact_age_seconds");
    // The age is that of an instant between the question and its answer.
    const [earliest = 0, latest = 0] = [askedAt, Date.now()].map(
      (at) => at - (age ?? Number.NaN) * 1000 + END_AFTER_SECONDS * 1000,
    );
    const waited = waiting(cluster.pids);
    const ends = await cluster.consoles.ended(bounded.map(({ client }) => client.name));
    const late = ends.map((end) => end - latest);
    measured(`end_after ${END_AFTER_SECONDS} s: late by`, spread(late), "100 ms");
    expect(Math.min(...ends) - earliest).toBeGreaterThan(-2);
    expect(Math.min(...late) - waited()).toBeLessThan(LATE_MS);
    expect((await bounded[0]?.client.ended)?.code).toBe(CloseCode.lookup_failed);
    const [expired] = await cluster.consoles.ended([expiring.name]);
    measured("store stopped: a deadline is late by", `${(expired ?? 0) - token.expiresAt} ms`, `0 to ${LATE_MS} ms`);
    expect(expired).toBeGreaterThanOrEqual(token.expiresAt);
    expect((expired ?? Number.NaN) - waited()).toBeLessThan(token.expiresAt + LATE_MS);
    for (const { client } of keeping) await client.echo();
    cluster.signalStore("SIGCONT");
    await serving(cluster);
    await listed(cluster, BOUND, keeping.length);
    for (const { client } of keeping) {
      await client.echo();
      client.abort();
    }
  });
});
