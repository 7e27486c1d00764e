import { freePort } from "@curfew/testing/real";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LabProcess } from "./lab-process.ts";
import { askStore, StoreServer, startSentinel } from "./store-server.ts";
import { until } from "./until.ts";

/**
 * How long a failover may take, in milliseconds. Sentinels whose machine stood still for two seconds start none for thirty
 * ("TILT mode" in the documentation of Redis Sentinel).
 */
const MAX_FAILOVER_MS = 90_000;

const HOST = "127.0.0.1";
const MASTER = "console-store";

/** How long a master does not answer before the Sentinels count it as down, in milliseconds. */
const DOWN_AFTER_MS = 1000;

/** They try again, and begin another failover, after twice this time, in milliseconds. */
const FAILOVER_TIMEOUT_MS = 2000;

/** The first one is the master. Scenarios do not start those again that they end. */
const STORES = 4;

/** How many look for the master; two have to agree. */
const SENTINELS = 3;

interface Sentinel {
  readonly process: LabProcess;
  readonly port: number;
}

/** A master with replicas, watched by three Sentinels. */
export class Sentinels implements AsyncDisposable {
  readonly #stores: readonly StoreServer[];
  readonly #sentinels: readonly Sentinel[];

  private constructor(stores: readonly StoreServer[], sentinels: readonly Sentinel[]) {
    this.#stores = stores;
    this.#sentinels = sentinels;
  }

  static async start(folder: string): Promise<Sentinels> {
    const stores: StoreServer[] = [];
    for (let number = 0; number < STORES; number += 1) {
      const own = join(folder, `store-${number}`);
      await mkdir(own);
      const options = {
        "repl-diskless-sync-delay": "0",
        "enable-debug-command": "yes",
        ...(stores[0] !== undefined && { replicaof: `${HOST} ${stores[0].port}` }),
      };
      stores.push(await StoreServer.start({ host: HOST, port: await freePort(), folder: own, options }));
    }
    const sentinels = [];
    for (let number = 0; number < SENTINELS; number += 1) {
      const port = await freePort();
      const file = join(folder, `sentinel-${number}.conf`);
      await writeFile(file, configuration(port, stores[0]?.port ?? 0));
      sentinels.push({ port, process: await startSentinel(file, port, folder) });
    }
    const all = new Sentinels(stores, sentinels);
    await all.#isWhole();
    return all;
  }

  /** As `cluster.store` has it. */
  get url(): string {
    return `redis+sentinel://${this.#sentinels.map(({ port }) => `${HOST}:${port}`).join(",")}/${MASTER}`;
  }

  /** The server that the first Sentinel takes for the master. */
  async master(): Promise<StoreServer> {
    const [first] = this.#sentinels;
    const [, port] = await askStore(`redis://${HOST}:${first?.port ?? 0}`, async (client) =>
      client.sendCommand<string[]>(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER]),
    );
    return this.#byPort(Number(port));
  }

  /** Waits until another one is the master. */
  async masterAfter(old: StoreServer): Promise<StoreServer> {
    return await until(
      async () => await this.master(),
      (master) => master !== old,
      "another master",
      MAX_FAILOVER_MS,
    );
  }

  /** Waits until a server follows another one. */
  async isReplica(store: StoreServer): Promise<void> {
    await until(
      async () => await roleOf(store),
      (role) => role === "slave",
      "a replica in place of the old master",
      MAX_FAILOVER_MS,
    );
  }

  /** Waits until a replica has become a master, of which the Sentinels need not know yet. */
  async promoted(old: StoreServer): Promise<void> {
    const others = this.#stores.filter((store) => store !== old && store.isRunning);
    await until(
      async () => await Promise.all(others.map(roleOf)),
      (roles) => roles.includes("master"),
      "a new master",
      MAX_FAILOVER_MS,
    );
  }

  /**
   * Cuts the replicas off, so that they miss what the master is told from now on.
   *
   * @param seconds - for how long.
   */
  async cutOffReplicas(seconds: number): Promise<void> {
    const master = await this.master();
    const replicas = this.#stores.filter((store) => store !== master);
    const sleeping = replicas.map(async (replica) =>
      replica.ask(async (client) => {
        // In one step: it would connect again at once.
        await client
          .multi()
          .addCommand(["CLIENT", "KILL", "TYPE", "master"])
          .addCommand(["DEBUG", "SLEEP", String(seconds)])
          .execAsPipeline()
          .catch(() => {});
      }),
    );
    void Promise.allSettled(sleeping);
    await until(
      async () => await master.ask(async (client) => await client.info("replication")),
      (text) => /^connected_slaves:0\s*$/m.test(text),
      "a master without replicas",
    );
  }

  /** Signals one of the Sentinels. */
  signal(number: number, name: "SIGSTOP" | "SIGCONT"): void {
    this.#sentinels[number]?.process.signal(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.#sentinels) await process.kill();
    for (const store of this.#stores) await store.kill();
  }

  /** Waits until the Sentinels know each other and the replicas. */
  async #isWhole(): Promise<void> {
    for (const { port } of this.#sentinels) {
      const read = async (): Promise<Record<string, string>> =>
        await askStore(`redis://${HOST}:${port}`, async (client) => client.sendCommand(["SENTINEL", "MASTER", MASTER]));
      const others = String(SENTINELS - 1);
      await until(
        read,
        (state) => state["num-slaves"] === String(STORES - 1) && state["num-other-sentinels"] === others,
        "Sentinels that know all",
      );
    }
    const [first] = this.#stores;
    await until(
      async () =>
        (await first?.ask(async (client) => await client.info("replication")))?.match(/state=online/g)?.length,
      (replicas) => replicas === STORES - 1,
      "replicas that follow the master",
    );
  }

  #byPort(port: number): StoreServer {
    const found = this.#stores.find((store) => store.port === port);
    if (found === undefined) throw new Error(`no store listens on port ${port}`);
    return found;
  }
}

/** Undefined while it becomes another one: it closes its connections then. */
async function roleOf(store: StoreServer): Promise<string | undefined> {
  const text = await store.ask(async (client) => await client.info("replication")).catch(() => "");
  return /^role:(\w+)/m.exec(text)?.[1];
}

function configuration(port: number, masterPort: number): string {
  return [
    `port ${port}`,
    `bind ${HOST}`,
    `sentinel monitor ${MASTER} ${HOST} ${masterPort} 2`,
    `sentinel down-after-milliseconds ${MASTER} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${MASTER} ${FAILOVER_TIMEOUT_MS}`,
    `sentinel parallel-syncs ${MASTER} 2`,
    "",
  ].join("\n");
}
