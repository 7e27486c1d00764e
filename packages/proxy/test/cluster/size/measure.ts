import { setTimeout as sleep } from "node:timers/promises";
import { startRedis } from "@curfew/testing/real";
import type { StoreClient } from "../../../src/cluster-store/valkey/client.ts";
import { openStore } from "../gateways.ts";
import { SimulatedGateway } from "./simulated-gateway.ts";

/** How many sessions each gateway opens at once. */
const OPENING = 8;

/** How long the quiet cluster is watched, in milliseconds. */
const QUIET_MS = 10_000;

const REVOCATIONS = 500;

/** Measures one thing after the other, and yields a line for each. */
export async function* measureSize(gatewayCount: number, sessionCount: number): AsyncGenerator<string> {
  await using server = await startRedis();
  const store = await openStore(server);
  const url = `redis://:${encodeURIComponent(server.password)}@${server.host}:${server.port}`;
  const gateways = Array.from({ length: gatewayCount }, (_, index) => new SimulatedGateway(url, `gateway-${index}`));
  await Promise.all(gateways.map(async (gateway) => await gateway.connect()));
  const empty = await memory(store);

  const opening = await watch(store, async () => await openAll(gateways, sessionCount));
  yield `opened: ${sessionCount} sessions in ${seconds(opening.ms)}, store ${micros(opening.cpu, sessionCount)} each (token issued, looked up, slot)`;
  yield `memory: ${Math.round(((await memory(store)) - empty) / sessionCount)} bytes of the store for each session and its token`;

  const quiet = await watch(store, async () => await sleep(QUIET_MS));
  yield `quiet: ${percent(quiet)} of a core of the store for ${gatewayCount} gateways`;

  const times = await revoke(gateways);
  yield `revoked: ${times.length} tokens one after the other, at all gateways after p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms`;

  const [victim, ...others] = gateways;
  if (victim === undefined || others.length === 0) return;
  const reaping = await watch(store, async () => await dieAndBeReaped(victim, store));
  yield `died: the ${victim.leases.size} sessions of a gateway count no more after ${seconds(reaping.ms)}`;

  await server.kill();
  await server.start();
  const again = await openStore(server);
  const left = others.reduce((sum, { leases }) => sum + leases.size, 0);
  const back = await watch(again, async () => await countedAgain(again, left));
  yield `store restarted empty: ${left} sessions of ${others.length} gateways count again after ${seconds(back.ms)}, store ${micros(back.cpu, left)} each`;
  await Promise.all(others.map(async (gateway) => await gateway.die()));
  again.destroy();
}

async function openAll(gateways: readonly SimulatedGateway[], count: number): Promise<void> {
  let next = 0;
  const work = async (gateway: SimulatedGateway): Promise<void> => {
    while (next < count) await gateway.open(next++);
  };
  await Promise.all(gateways.flatMap((gateway) => Array.from({ length: OPENING }, async () => await work(gateway))));
}

/** How long each revocation takes until the last gateway knows of it, in milliseconds. */
async function revoke(gateways: readonly SimulatedGateway[]): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < REVOCATIONS; index += 1) {
    const gateway = gateways[index % gateways.length];
    const tokenId = gateway?.leases.keys().next().value;
    if (gateway === undefined || tokenId === undefined) continue;
    const known = Promise.all(
      gateways.map(async (each) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        each.onRevoked = (id) => (id === tokenId ? resolve() : undefined);
        await promise;
      }),
    );
    const start = performance.now();
    await gateway.store.revoke(tokenId);
    await known;
    times.push(performance.now() - start);
    gateway.leases.get(tokenId)?.release();
    gateway.leases.delete(tokenId);
  }
  return times.toSorted((a, b) => a - b);
}

/** From the last beat of a gateway, as if it was killed, until others have freed its slots. */
async function dieAndBeReaped(victim: SimulatedGateway, store: StoreClient): Promise<void> {
  const counted = async (): Promise<number> => Number(await store.hGet("{size}:counts", "all"));
  const before = await counted();
  await victim.die();
  while ((await counted()) > before - victim.leases.size) await sleep(50);
}

async function countedAgain(store: StoreClient, count: number): Promise<void> {
  while (Number(await store.hGet("{size}:counts", "all")) < count) await sleep(20);
}

interface Watched {
  readonly ms: number;
  /** CPU time of the store, in microseconds. */
  readonly cpu: number;
}

async function watch(store: StoreClient, work: () => Promise<unknown>): Promise<Watched> {
  const before = await cpu(store);
  const start = performance.now();
  await work();
  return { ms: performance.now() - start, cpu: (await cpu(store)) - before };
}

async function cpu(store: StoreClient): Promise<number> {
  const info = await store.info("cpu");
  const read = (name: string): number => Number(new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1]);
  return (read("used_cpu_user") + read("used_cpu_sys")) * 1e6;
}

async function memory(store: StoreClient): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await store.info("memory"))?.[1]);
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function micros(total: number, count: number): string {
  return `${(total / count).toFixed(0)} µs`;
}

function percent({ ms, cpu: used }: Watched): string {
  return `${((used / 1000 / ms) * 100).toFixed(1)} %`;
}
