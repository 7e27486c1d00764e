import { startRedis } from "@curfew/testing/real";
import type { DatabaseSystem } from "../../../src/database/database-settings.ts";
import { TestDatabase } from "../../cluster-store/sql/test-database.ts";
import { openStore, storeUrl } from "../gateways.ts";

/** What a store has used. */
export interface StoreUsage {
  /** CPU time, in microseconds. */
  readonly cpu: number;
  /** Memory, in bytes. */
  readonly memory: number;
}

/** A store of the simulated gateways. */
export interface MeasuredStore extends AsyncDisposable {
  readonly url: string;
  /** How many sessions count. */
  counted(): Promise<number>;
  /** Undefined where the store does not say it. */
  usage(): Promise<StoreUsage | undefined>;
  /** Kills it, and starts it again. @returns once it answers. */
  restart(): Promise<void>;
}

/** Starts a store. @param kind - `redis` for Redis or Valkey. */
export async function startStore(kind: "redis" | DatabaseSystem, prefix: string): Promise<MeasuredStore> {
  return kind === "redis" ? await startKeyStore(prefix) : await startDatabase(kind, prefix);
}

async function startKeyStore(prefix: string): Promise<MeasuredStore> {
  const server = await startRedis();
  let client = await openStore(server);
  const read = async (section: string, name: string): Promise<number> =>
    Number(new RegExp(`^${name}:(\\S+)`, "m").exec(await client.info(section))?.[1]);
  return {
    url: storeUrl(server),
    counted: async () => Number(await client.hGet(`{${prefix}}:counts`, "all")),
    usage: async () => ({
      cpu: ((await read("cpu", "used_cpu_user")) + (await read("cpu", "used_cpu_sys"))) * 1e6,
      memory: await read("memory", "used_memory"),
    }),
    restart: async () => {
      await server.kill();
      await server.start();
      client = await openStore(server);
    },
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await server.stop();
    },
  };
}

async function startDatabase(system: DatabaseSystem, prefix: string): Promise<MeasuredStore> {
  const database = await TestDatabase.start(system);
  return {
    url: database.url(),
    counted: async () => {
      const sql = `SELECT number FROM ${database.table(prefix, "counters")} WHERE name = 'leases'`;
      return Number((await database.run(sql))[0]?.["number"]);
    },
    usage: async () => undefined,
    restart: async () => {
      database.disconnect();
      await database.server.kill();
      await database.server.start();
    },
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  };
}
