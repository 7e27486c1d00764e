import { setTimeout as sleep } from "node:timers/promises";
import { type MeasuredStore, startStore, type StoreUsage } from "./measured-store.ts";
import { PREFIX, SimulatedGateway } from "./simulated-gateway.ts";

/** How many sessions each gateway opens at once. */
const OPENING = 8;

/** How long the quiet cluster is watched, in milliseconds. */
const QUIET_MS = 10_000;

const REVOCATIONS = 500;

/** What is measured. */
export interface SizeOptions {
  readonly gateways: number;
  readonly sessions: number;
  readonly store: Parameters<typeof startStore>[0];
}

/** Measures one thing after the other, and yields a line for each. */
export async function* measureSize(options: SizeOptions): AsyncGenerator<string> {
  const { gateways: gatewayCount, sessions: sessionCount } = options;
  await using store = await startStore(options.store, PREFIX);
  const gateways = Array.from(
    { length: gatewayCount },
    (_, index) => new SimulatedGateway(store.url, `gateway-${index}`),
  );
  await Promise.all(gateways.map(async (gateway) => await gateway.connect()));

  const opening = await watch(store, async () => await openAll(gateways, sessionCount));
  const rate = Math.round(sessionCount / (opening.ms / 1000));
  yield `opened: ${sessionCount} sessions in ${seconds(opening.ms)}, ${rate} in a second${micros(opening, sessionCount)} (token issued, looked up, slot)`;
  if (opening.used !== undefined)
    yield `memory: ${Math.round(opening.used.memory / sessionCount)} bytes of the store for each session and its token`;

  const quiet = await watch(store, async () => await sleep(QUIET_MS));
  if (quiet.used !== undefined) yield `quiet: ${percent(quiet)} of a core of the store for ${gatewayCount} gateways`;

  const times = await revoke(gateways);
  yield `revoked: ${times.length} tokens one after the other, at all gateways after p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms`;

  const [victim, ...others] = gateways;
  if (victim === undefined || others.length === 0) return;
  const reaping = await watch(store, async () => await dieAndBeReaped(victim, store));
  yield `died: the ${victim.leases.size} sessions of a gateway count no more after ${seconds(reaping.ms)}`;

  await store.restart();
  const left = others.reduce((sum, { leases }) => sum + leases.size, 0);
  const back = await watch(store, async () => await countedAgain(store, others, left));
  yield `store restarted: ${left} sessions of ${others.length} gateways count after ${seconds(back.ms)}${micros(back, left)}`;
  await Promise.all(others.map(async (gateway) => await gateway.die()));
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
async function dieAndBeReaped(victim: SimulatedGateway, store: MeasuredStore): Promise<void> {
  const before = await store.counted();
  await victim.die();
  while ((await store.counted()) > before - victim.leases.size) await sleep(50);
}

async function countedAgain(store: MeasuredStore, gateways: readonly SimulatedGateway[], count: number): Promise<void> {
  while (!gateways.every(({ isOpen }) => isOpen) || (await store.counted()) < count) await sleep(20);
}

interface Watched {
  readonly ms: number;
  /** What the store used for it, where it says that. */
  readonly used: StoreUsage | undefined;
}

async function watch(store: MeasuredStore, work: () => Promise<unknown>): Promise<Watched> {
  const before = await store.usage();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  const after = await store.usage();
  const used = before && after && { cpu: after.cpu - before.cpu, memory: after.memory - before.memory };
  return { ms, used };
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function micros({ used }: Watched, count: number): string {
  return used === undefined ? "" : `, store ${(used.cpu / count).toFixed(0)} µs each`;
}

function percent({ ms, used }: Watched): string {
  return `${(((used?.cpu ?? Number.NaN) / 1000 / ms) * 100).toFixed(1)} %`;
}
