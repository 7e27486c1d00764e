import type { Cluster } from "./cluster.ts";
import { until } from "./until.ts";

/** Waits until the admin API of a gateway lists so many sessions, all gateways answering. @returns how long it took */
export async function listed(cluster: Cluster, at: number, count: number): Promise<number> {
  const start = performance.now();
  await until(
    async () => {
      const { sessions, unavailable } = await cluster.gateway(at).sessions();
      return { sessions: sessions.length, unavailable: unavailable.length };
    },
    (list) => list.sessions === count && list.unavailable === 0,
    `a list of ${count} sessions, complete`,
  );
  return performance.now() - start;
}

/** Waits until the store counts so many sessions, once each. */
export async function counted(cluster: Cluster, count: number): Promise<void> {
  await until(
    async () => await cluster.slots(),
    (slots) => slots.counted === count && slots.leases === count,
    `a store that counts ${count} sessions once`,
  );
}
