import { NovaDatabase, startNovaCompute } from "@curfew/conformance/cloud";
import { startMariaDb, startRabbitMq, startTigerVnc } from "@curfew/testing/real";

/** Where Nova would have written that the machines run; {@link NovaDatabase} gives it to all of them. */
const COMPUTE_HOST = "compute1";

/** What a Nova cloud has for a console proxy: its database, its message queue, nova-compute, and a console. */
export interface Cloud extends AsyncDisposable {
  readonly database: NovaDatabase;
  /** As in nova.conf. */
  readonly transportUrl: string;
  /** The port of the console of every machine, on 127.0.0.1. */
  readonly consolePort: number;
}

/**
 * Starts servers of its own on free ports of 127.0.0.1, in folders of their own.
 *
 * @throws Error when one of them does not start; the others are stopped then.
 */
export async function startCloud(): Promise<Cloud> {
  await using started = new AsyncDisposableStack();
  const keep = async <Server extends AsyncDisposable>(server: Promise<Server>): Promise<Server> =>
    started.use(await server);
  const starting = [
    keep(startMariaDb()),
    keep(startRabbitMq()),
    keep(startTigerVnc({ width: 1024, height: 768, windowManager: true })),
  ] as const;
  // One that fails must not hide another that is still starting.
  await Promise.allSettled(starting);
  const [mariaDb, rabbitMq, tigerVnc] = await Promise.all(starting);
  const transportUrl = `rabbit://guest:guest@${rabbitMq.host}:${rabbitMq.port}/`;
  const [database] = await Promise.all([
    NovaDatabase.cell("mysql", mariaDb),
    keep(startNovaCompute({ transportUrl, host: COMPUTE_HOST, port: tigerVnc.port })),
  ]);
  const all = started.move();
  return {
    database,
    transportUrl,
    consolePort: tigerVnc.port,
    [Symbol.asyncDispose]: async () => await all.disposeAsync(),
  };
}
