import { inTime } from "../time/in-time.ts";
import { unlessAborted } from "../time/unless-aborted.ts";
import { openClient, type StoreServer } from "./client.ts";
import type { StoreAddress } from "./store-url.ts";

/**
 * Where the store is now. Where Sentinels watch it, all are asked, and the first answer counts: a machine that is down holds
 * nothing up. The connection itself finds out whether that is still a master.
 *
 * @throws Error naming what each Sentinel said.
 */
export async function findMaster(
  address: StoreAddress,
  { ca, timeoutMs }: { readonly ca: string | undefined; readonly timeoutMs: number },
): Promise<StoreServer> {
  const { sentinels, master, server } = address;
  if (sentinels === undefined) return server;
  const failures: string[] = [];
  const answers = sentinels.map(async (sentinel) => {
    try {
      const options = { ...server, ...sentinel, ca, timeoutMs, database: 0 };
      return await inTime(async (late) => await ask(options, master, late), timeoutMs);
    } catch (error) {
      failures.push(`${sentinel.host}:${sentinel.port}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  });
  const found = await Promise.any(answers).catch(() => {
    throw new Error(`no Sentinel knows where ${JSON.stringify(master)} is: ${failures.join("; ")}`);
  });
  return { ...server, ...found };
}

async function ask(
  options: Parameters<typeof openClient>[0],
  master: string,
  late: AbortSignal,
): Promise<Pick<StoreServer, "host" | "port">> {
  const client = openClient(options, () => {});
  try {
    await unlessAborted(client.connect(), late);
    const question = client.sendCommand(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", master]);
    const reply: unknown = await unlessAborted(question, late);
    if (!Array.isArray(reply)) throw new Error("it does not watch a master of this name");
    return { host: String(reply[0]), port: Number(reply[1]) };
  } finally {
    if (client.isOpen) client.destroy();
  }
}
