import type { Cluster, Token } from "./cluster.ts";
import type { ConsoleClient } from "./console-client.ts";
import { until } from "./until.ts";

/** Waits until all gateways open sessions. @returns how many milliseconds it took */
export async function serving(cluster: Cluster): Promise<number> {
  const start = performance.now();
  const opens = async (number: number): Promise<string> => {
    try {
      const client = await cluster.open(number, await cluster.issue({ at: number }));
      await client.close();
      return "opened";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  await Promise.all(
    cluster.gateways.map(async ({ name, isRunning }, number) => {
      if (!isRunning) return;
      await until(
        async () => await opens(number),
        (outcome) => outcome === "opened",
        `a session of ${name}`,
      );
    }),
  );
  return Math.round(performance.now() - start);
}

/** Tries a token at a gateway until it opens a session. */
export async function opened(cluster: Cluster, number: number, token: Token): Promise<ConsoleClient> {
  const client = await until(
    async () => await cluster.open(number, token).catch(() => undefined),
    (each) => each !== undefined,
    `a session at ${cluster.gateway(number).name}`,
  );
  if (client === undefined) throw new Error("no session opened");
  return client;
}
