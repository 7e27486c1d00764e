import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../support/program.ts";
import type { LabProcess } from "./lab-process.ts";
import { askStore, StoreServer, startSentinel } from "./store-server.ts";

const HOST = "127.0.0.1";
const MASTER = "console-store";

/** How long a master does not answer before the Sentinels count it as down, in milliseconds. */
const DOWN_AFTER_MS = 1000;

/** How many look for the master; two have to agree. */
const SENTINELS = 3;

const START_MS = 20_000;

interface Sentinel {
  readonly process: LabProcess;
  readonly port: number;
}

/** A master with two replicas, watched by three Sentinels. */
export class Sentinels implements AsyncDisposable {
  readonly #stores: readonly StoreServer[];
  readonly #sentinels: readonly Sentinel[];

  private constructor(stores: readonly StoreServer[], sentinels: readonly Sentinel[]) {
    this.#stores = stores;
    this.#sentinels = sentinels;
  }

  static async start(folder: string): Promise<Sentinels> {
    const stores: StoreServer[] = [];
    for (let number = 0; number < 3; number += 1) {
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
    const end = performance.now() + START_MS;
    for (;;) {
      const master = await this.master();
      if (master !== old) return master;
      if (performance.now() > end) throw new Error("the Sentinels have chosen no other master");
      await delay(20);
    }
  }

  /** Starts every server again that was killed. */
  async heal(): Promise<void> {
    for (const store of this.#stores) if (!store.isRunning) await store.restart();
    await this.#isWhole();
  }

  /** Waits until a server follows the master. */
  async isReplica(store: StoreServer): Promise<void> {
    const end = performance.now() + START_MS;
    while (!(await store.ask(async (client) => await client.info("replication"))).includes("role:slave")) {
      if (performance.now() > end) throw new Error("the server that was the master does not become a replica");
      await delay(20);
    }
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
    const hasReplicas = async (): Promise<boolean> =>
      /^connected_slaves:0\r$/m.test(await master.ask(async (client) => await client.info("replication")));
    while (!(await hasReplicas())) await delay(10);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.#sentinels) await process.kill();
    for (const store of this.#stores) await store.kill();
  }

  /** Waits until the Sentinels know each other and the replicas. */
  async #isWhole(): Promise<void> {
    const end = performance.now() + START_MS;
    for (const { port } of this.#sentinels) {
      const know = async (): Promise<boolean> => {
        const state = await askStore(`redis://${HOST}:${port}`, async (client) =>
          client.sendCommand<Record<string, string>>(["SENTINEL", "MASTER", MASTER]),
        );
        return state["num-slaves"] === "2" && state["num-other-sentinels"] === String(SENTINELS - 1);
      };
      while (!(await know())) {
        if (performance.now() > end) throw new Error("the Sentinels do not find each other");
        await delay(50);
      }
    }
    const inSync = async (): Promise<boolean> => {
      const master = await this.master();
      const text = await master.ask(async (client) => await client.info("replication"));
      return text.match(/state=online/g)?.length === this.#stores.length - 1;
    };
    while (!(await inSync())) {
      if (performance.now() > end) throw new Error("the replicas do not follow the master");
      await delay(20);
    }
  }

  #byPort(port: number): StoreServer {
    const found = this.#stores.find((store) => store.port === port);
    if (found === undefined) throw new Error(`no store listens on port ${port}`);
    return found;
  }
}

function configuration(port: number, masterPort: number): string {
  return [
    `port ${port}`,
    `bind ${HOST}`,
    `sentinel monitor ${MASTER} ${HOST} ${masterPort} 2`,
    `sentinel down-after-milliseconds ${MASTER} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${MASTER} 5000`,
    `sentinel parallel-syncs ${MASTER} 2`,
    "",
  ].join("\n");
}
