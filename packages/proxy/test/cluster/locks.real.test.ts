import { type RedisServer, startRedis } from "@curfew/testing/real";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GatewayCluster } from "../../src/cluster/gateway-cluster.ts";
import { Locker } from "../../src/control/locker.ts";
import { MergedControl } from "../../src/control/merged-control.ts";
import type { SessionControl } from "../../src/control/session-control.ts";
import { RecentEffects } from "../../src/control/recent-effects.ts";
import { createLogger } from "../../src/telemetry/log.ts";
import { type Lock, lockId } from "../../src/tokens/lock.ts";
import { anyPrefix } from "../tokens/valkey-cluster.ts";
import { NO_LIMITS, storeUrl } from "./gateways.ts";

const ALICE = { subject: "user", value: "alice" } as const;
const ID = lockId("user", "alice");

/** More than enough: where messages counted, a third of them went wrong. */
const ROUNDS = 40;

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => await redis.stop());

/** A gateway of a cluster whose sessions are none: only which locks are in force there. */
class LockingGateway implements AsyncDisposable {
  readonly cluster: GatewayCluster;
  readonly control: SessionControl;
  readonly locker: Locker;
  /** By their ids. */
  readonly inForce = new Map<string, Lock>();

  private constructor(cluster: GatewayCluster) {
    this.cluster = cluster;
    const own = new RecentEffects(
      new MergedControl((async (request: { type: string; id: string; lock: Lock }) => {
        if (request.type === "lock") this.inForce.set(request.lock.id, request.lock);
        else if (request.type === "unlock") this.inForce.delete(request.id);
        return { answers: [request.type === "lock" ? { ended: 0 } : null], unavailable: [], replaced: [] };
      }) as never),
    );
    this.control = cluster.join({ control: own, tokenIds: async () => [] });
    this.locker = new Locker({ store: cluster.store, control: this.control, own, log: createLogger("silent") });
  }

  static async start(name: string, prefix: string): Promise<LockingGateway> {
    const settings = { store: storeUrl(redis), ca: null, name, prefix, lease: 10, on_store_loss: "keep" } as const;
    const gateway = new LockingGateway(new GatewayCluster(settings, NO_LIMITS, createLogger("silent")));
    await gateway.cluster.connect();
    return gateway;
  }

  /** What it knows of the lock: whether the store has it, it is listed, and in force. */
  get state(): readonly boolean[] {
    const isAlice = ({ id }: Lock): boolean => id === ID;
    return [this.cluster.store.locks().some(isAlice), this.locker.all.some(isAlice), this.inForce.has(ID)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.locker.close();
    await this.cluster.close();
  }
}

test("a lock and its lift at the same moment leave store, list and enforcement of all gateways the same", async () => {
  const prefix = anyPrefix();
  await using one = await LockingGateway.start("one", prefix);
  await using two = await LockingGateway.start("two", prefix);
  await using three = await LockingGateway.start("three", prefix);
  const gateways = [one, two, three];
  const states = (): string => gateways.map(({ state }) => state).join();
  const all = (isThere: boolean): string =>
    Array(3 * gateways.length)
      .fill(isThere)
      .join();
  const seen = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    await one.locker.lock(ALICE);
    await expect.poll(states, { interval: 1 }).toBe(all(true));
    const other = gateways[round % 3] ?? one;
    const orders = [
      async () => await one.locker.lift(ID),
      async () => await other.locker.lock({ ...ALICE, message: `again ${round}` }),
    ];
    await Promise.all((round % 2 === 0 ? orders : orders.toReversed()).map(async (order) => await order()));
    // What the log tells of it is behind all that it has told of the others.
    const last = { subject: "user", value: `user ${round}` } as const;
    await one.locker.lock(last);
    const isRead = ({ locker }: LockingGateway): boolean => locker.all.some(({ value }) => value === last.value);
    await expect.poll(() => gateways.every(isRead), { interval: 1 }).toBe(true);
    seen.add(states());
    await one.locker.lock(ALICE);
    await one.locker.lift(ID);
    await expect.poll(states, { interval: 1 }).toBe(all(false));
  }
  // Which of both is the later one is up to them.
  expect([all(true), all(false)]).toEqual(expect.arrayContaining([...seen]));
});

test("what another gateway tells of a lock too late changes nothing, or only until the log tells of the lock again", async () => {
  const prefix = anyPrefix();
  await using one = await LockingGateway.start("one", prefix);
  await using two = await LockingGateway.start("two", prefix);
  const { lock } = await one.locker.lock(ALICE);
  await expect.poll(() => two.state).toEqual([true, true, true]);
  expect(await one.control.unlock(ID)).toMatchObject({ unavailable: [] });
  expect(two.state).toEqual([true, true, true]);
  await two.locker.lift(ID);
  await expect.poll(() => [one.state, two.state].flat()).toEqual(Array(6).fill(false));
  expect(await one.control.lock(lock)).toMatchObject({ unavailable: [] });
  expect(two.state).toEqual([false, false, false]);
  await one.control.lock({ ...lock, createdAt: Date.now() + 60_000 });
  expect(two.state).toEqual([false, false, true]);
  await one.cluster.store.removeLock(ID);
  await expect.poll(() => two.state).toEqual([false, false, false]);
});
