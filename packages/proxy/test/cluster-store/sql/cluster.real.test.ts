import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createEngine } from "../../../src/cluster-store/open-engine.ts";
import { type GatewayOptions, type OpenGateways, openGateways, type TestGateway } from "../../cluster/gateways.ts";
import { checkSequences } from "../../cluster/slot-sequences.ts";
import { SYSTEMS, TestDatabase } from "./test-database.ts";

const NAMES = ["one", "two", "three"];
const BUSY = { reason: "server_busy" };
const PREFIX = "cluster";

/** How many random sequences are tried. */
const SEQUENCES = 15;

/** Ends all sessions, from one of the gateways. */
const endAll = async ({ control }: TestGateway): ReturnType<TestGateway["control"]["end"]> =>
  await control.end({ by: "all" }, { reason: "session_terminated", detail: "" });

type Three = [TestGateway, TestGateway, TestGateway];

describe.each(SYSTEMS)("gateways whose store is %s", (system) => {
  let database: TestDatabase;
  let open: OpenGateways | undefined;

  beforeAll(async () => {
    database = await TestDatabase.start(system);
  });
  afterAll(async () => await database[Symbol.asyncDispose]());
  /** Empties the tables, where there are some already. */
  const empty = async (): Promise<void> => {
    for (const name of ["leases", "gateways"] as const) {
      await database.run(`DELETE FROM ${database.table(PREFIX, name)}`).catch(() => {});
    }
    await database
      .run(`UPDATE ${database.table(PREFIX, "counters")} SET number = 0 WHERE name = 'leases'`)
      .catch(() => {});
  };
  beforeEach(empty);
  afterEach(async () => {
    await open?.[Symbol.asyncDispose]();
    open = undefined;
  });

  const start = async (options: GatewayOptions = {}): Promise<Three> => {
    open = await openGateways(database.url(), PREFIX, NAMES, options);
    return open.gateways as unknown as Three;
  };

  /** How many are counted, and how many leases that count there are: both are the same when all is well. */
  const counted = async (): Promise<readonly number[]> => {
    const [row] = await database.run(`SELECT number FROM ${database.table(PREFIX, "counters")} WHERE name = 'leases'`);
    return [Number(row?.["number"]), await database.count(PREFIX, "leases", "leaving_since IS NULL")];
  };

  const expire = async ({ id }: Pick<TestGateway, "id">): Promise<void> => {
    await database.run(`UPDATE ${database.table(PREFIX, "gateways")} SET lease_until = 1 WHERE id = ?`, [id]);
  };

  const names = ({ cluster }: TestGateway): string[] =>
    cluster.membership.live.map((member) => cluster.membership.nameOf(member)).toSorted();

  test("decides as the slots of one process do, and is empty in the end", async () => {
    const engine = createEngine(database.url(), { prefix: PREFIX, ca: undefined });
    const opened = await engine.open({ timeoutMs: 5000, onLost: () => {}, signal: new AbortController().signal });
    const store = {
      begin: empty,
      session: () => opened.session,
      counted: async () => {
        // Behind what was released, which nothing waits for.
        await opened.session.leases.page("none", "");
        const [count = 0] = await counted();
        return count;
      },
      expire: async (_: string, id: string) => await expire({ id }),
      left: async () => {
        const rows = (["leases", "gateways"] as const).map(async (name) => await database.count(PREFIX, name));
        return (await Promise.all(rows)).flatMap((count) => (count === 0 ? [] : `${count} rows`));
      },
    };
    await checkSequences(store, SEQUENCES);
    opened.close();
  });

  test("give each slot once, however many sessions ask at the same time", async () => {
    const three = await start({ limits: { max: 10 } });
    const opening = three.flatMap((gateway) =>
      Array.from({ length: 10 }, async (_, number) => await gateway.open(`${gateway.id} ${number}`)),
    );
    const opened = (await Promise.allSettled(opening)).filter(({ status }) => status === "fulfilled");
    expect([opened.length, await counted()]).toEqual([10, [10, 10]]);
  });

  test("share limits, end each other's sessions, and ask each other's users", async () => {
    const [one, two, three] = await start({
      limits: { max: 3, max_per_instance: 1, max_per_user: 1, on_limit: "ask" },
    });
    await one.open("a", { instance: "vm-1" });
    await two.open("b", { user: "bob" });
    await three.open("c");
    await expect(one.open("d")).rejects.toMatchObject(BUSY);
    await two.open("e", { instance: "vm-1" });
    expect([[...one.sessions.keys()], one.replaced.length]).toEqual([[], 1]);
    two.answer = async () => "denied";
    await expect(three.open("f", { user: "bob" })).rejects.toMatchObject({ reason: "takeover_denied" });
    three.end("c");
    await vi.waitFor(async () => await one.open("g"));
    expect(await counted()).toEqual([3, 3]);
    // An answer may take more than its second while the database is busy, for example with its disk.
    await vi.waitFor(async () => expect(await endAll(three)).toMatchObject({ ended: 3, unavailable: [] }));
    expect(await database.count(PREFIX, "messages")).toBe(0);
  });

  test("free the slots of one that dies, once, and count those of one that was only away again", async () => {
    const [one, two, three] = await start({ limits: { max: 3, max_per_instance: 1, on_limit: "replace" } });
    for (const session of ["a", "b"]) await one.open(session, { instance: session });
    await two.open("c");
    await expire(two);
    // Until its next beat, which notices it, one of the others may have found out.
    await vi.waitFor(async () =>
      expect([await counted(), names(three)]).toEqual([
        [3, 3],
        ["one", "three", "two"],
      ]),
    );
    // One whose session does not end before it dies.
    one.ending = new Promise(() => {});
    const opening = three.open("d", { instance: "a" }).catch(() => {});
    await vi.waitFor(async () => expect(await database.count(PREFIX, "leases", "leaving_since IS NOT NULL")).toBe(1));
    await one.connection.close();
    await expire(one);
    await vi.waitFor(async () =>
      expect([await database.count(PREFIX, "leases", "leaving_since IS NOT NULL"), names(two)]).toEqual([
        0,
        ["three", "two"],
      ]),
    );
    await opening;
    await vi.waitFor(async () => expect((await endAll(two)).unavailable).toEqual([]));
    await two.cluster.leave();
    await vi.waitFor(() => expect(names(three)).toEqual(["three"]));
    for (const session of three.sessions.keys()) three.end(session);
    await vi.waitFor(async () => expect(await counted()).toEqual([0, 0]));
  });

  test("open nothing while it stands still, is down or is being found again, and count right afterwards", async () => {
    const [one, two, three] = await start({ limits: { max: 3 } });
    const all = [one, two, three];
    for (const gateway of all) await gateway.open(gateway.id);
    const isOpen = async (expected: boolean): Promise<void> =>
      void (await vi.waitUntil(() => all.every(({ connection }) => connection.isOpen === expected)));
    database.server.freeze();
    await isOpen(false);
    await expect(one.open("refused")).rejects.toMatchObject(BUSY);
    one.end(one.id);
    database.server.thaw();
    await isOpen(true);
    await vi.waitFor(async () => expect(await counted()).toEqual([2, 2]));
    database.disconnect();
    await database.server.kill();
    await isOpen(false);
    two.end(two.id);
    await database.server.start();
    await isOpen(true);
    await vi.waitFor(async () => expect(await counted()).toEqual([1, 1]));
    await one.open("a");
    await two.open("b");
    await expect(three.open("c")).rejects.toMatchObject(BUSY);
  });

  test("whose connections break again and again count exactly what runs in the end", async () => {
    const three = await start({ limits: { max: 50, max_per_instance: 4, on_limit: "replace" } });
    let last = 0;
    const use = async (gateway: TestGateway): Promise<void> => {
      for (let time = 0; time < 25; time += 1) {
        const session = `${(last += 1)}`;
        const opening = gateway.open(session, { instance: `vm-${last % 20}` }).catch(() => {});
        // Some leave before they have their slots.
        if (last % 3 === 0) gateway.end(session);
        await opening;
        const oldest = gateway.sessions.keys().next().value;
        if (gateway.sessions.size > 10 && oldest !== undefined) gateway.end(oldest);
      }
    };
    const breakConnections = async (): Promise<void> => {
      for (let time = 0; time < 3; time += 1) {
        await vi.waitUntil(() => three.every(({ connection }) => connection.isOpen));
        await database.endConnections();
      }
    };
    await Promise.all([...three, ...three].map(use).concat(breakConnections()));
    const running = (): number => three.reduce((sum, { sessions }) => sum + sessions.size, 0);
    await vi.waitFor(async () => expect(await counted()).toEqual([running(), running()]));
    for (const gateway of three) for (const session of gateway.sessions.keys()) gateway.end(session);
    await vi.waitFor(async () => expect(await database.count(PREFIX, "leases")).toBe(0));
  });
});
