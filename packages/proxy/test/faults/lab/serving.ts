import type { Cluster, Token } from "./cluster.ts";
import { type ConsoleClient, OpenError } from "./console-client.ts";
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

/**
 * Tries a token at a gateway until it opens a session: without the store for a moment, it opens none.
 *
 * @param mayBreak - whether a connection may end without a reason, because a worker hangs and may be the one that has it
 */
export async function opened(
  cluster: Cluster,
  number: number,
  token: Token,
  { mayBreak = false }: { readonly mayBreak?: boolean } = {},
): Promise<ConsoleClient> {
  let client: ConsoleClient | undefined;
  const attempt = async (): Promise<string> => {
    try {
      client = await cluster.open(number, token);
      return "opened";
    } catch (error) {
      if (error instanceof OpenError) {
        const { reason, code } = error.end;
        if (reason === "server_busy" || (mayBreak && code === 1006)) return error.message;
      }
      const { name, warnings } = cluster.gateway(number);
      throw new Error(`${name} opened no session. Its last warnings:\n${warnings.join("\n")}`, { cause: error });
    }
  };
  await until(attempt, (outcome) => outcome === "opened", `a session at ${cluster.gateway(number).name}`);
  if (client === undefined) throw new Error("no session opened");
  return client;
}
