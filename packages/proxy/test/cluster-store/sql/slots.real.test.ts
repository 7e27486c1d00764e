import { afterAll, beforeAll, describe, test } from "vitest";
import type { OpenStore } from "../../../src/cluster-store/engine.ts";
import { createEngine } from "../../../src/cluster-store/open-engine.ts";
import { checkSequences } from "../../cluster/slot-sequences.ts";
import { SYSTEMS, TestDatabase } from "./test-database.ts";

const RUNS = 15;

/** The tables of all runs: each leaves them empty. */
const PREFIX = "slots";

describe.concurrent.each(SYSTEMS)("%s", (system) => {
  let database: TestDatabase;
  let opened: OpenStore;
  beforeAll(async () => {
    database = await TestDatabase.start(system);
    const engine = createEngine(database.url(), { prefix: PREFIX, ca: undefined });
    opened = await engine.open({ timeoutMs: 5000, onLost: () => {}, signal: new AbortController().signal });
  }, 60_000);
  afterAll(async () => {
    opened.close();
    await database[Symbol.asyncDispose]();
  });

  test("decides as the slots of one process do, and is empty in the end", async () => {
    const store = {
      begin: async () => {
        for (const name of ["leases", "gateways"] as const)
          await database.run(`DELETE FROM ${database.table(PREFIX, name)}`);
        await database.run(`UPDATE ${database.table(PREFIX, "counters")} SET number = 0`);
      },
      session: () => opened.session,
      counted: async () => {
        // Behind what was released, which nothing waits for.
        await opened.session.leases.page("none", "");
        const sql = `SELECT number FROM ${database.table(PREFIX, "counters")} WHERE name = 'leases'`;
        return Number((await database.run(sql))[0]?.["number"]);
      },
      expire: async (_: string, gateway: string) => {
        await database.run(`UPDATE ${database.table(PREFIX, "gateways")} SET lease_until = 1 WHERE id = ?`, [gateway]);
      },
      left: async () => {
        const rows = await Promise.all(
          (["leases", "gateways"] as const).map(async (name) => await database.count(PREFIX, name)),
        );
        return rows.flatMap((count) => (count === 0 ? [] : `${count} rows`));
      },
    };
    await checkSequences(store, RUNS);
  }, 60_000);
});
