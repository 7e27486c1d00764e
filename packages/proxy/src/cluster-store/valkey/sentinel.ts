import { setTimeout as sleep } from "node:timers/promises";
import { inTime } from "../../time/in-time.ts";
import { unlessAborted } from "../../time/unless-aborted.ts";
import { reasonOf } from "../reason.ts";
import { openClient, SENTINEL_REPLY, type StoreServer } from "./client.ts";
import type { StoreAddress } from "./store-url.ts";

/** How long the other Sentinels may take to answer after the first one, in milliseconds. */
const GRACE_MS = 200;

type Place = Pick<StoreServer, "host" | "port">;

/** What a Sentinel knows of a master. */
export interface KnownMaster extends Place {
  /** Grows with each failover. */
  readonly epoch: number;
}

/** Where a store may be. */
export interface NamedMasters {
  /** As the Sentinel says that knows of the latest failover. */
  readonly latest: StoreServer;
  /** What more than half of the Sentinels say: if that is another server, `latest` may be wrong. */
  readonly agreed: StoreServer | undefined;
}

/**
 * Where the store is now. Where Sentinels watch it, all are asked: a machine that is down holds nothing up. One that is cut
 * off from the others does not know of the last failover, so the latest failover counts that one of them knows of.
 *
 * @throws Error naming what each Sentinel said.
 */
export async function findMasters(
  address: StoreAddress,
  { ca, timeoutMs }: { readonly ca: string | undefined; readonly timeoutMs: number },
): Promise<NamedMasters> {
  const { sentinels, master, server } = address;
  if (sentinels === undefined) return { latest: server, agreed: undefined };
  const known: KnownMaster[] = [];
  const failures: string[] = [];
  const answers = sentinels.map(async (sentinel) => {
    try {
      const options = { ...server, ...sentinel, ca, timeoutMs, database: 0, replies: SENTINEL_REPLY };
      known.push(await inTime(async (late) => await ask(options, master, late), timeoutMs));
    } catch (error) {
      failures.push(`${sentinel.host}:${sentinel.port}: ${reasonOf(error)}`);
      throw error;
    }
  });
  await Promise.any(answers).catch(() => {
    throw new Error(`no Sentinel knows where ${JSON.stringify(master)} is: ${failures.join("; ")}`);
  });
  const answered = new AbortController();
  const grace = sleep(GRACE_MS, undefined, { signal: answered.signal }).catch(() => {});
  await Promise.race([Promise.allSettled(answers), grace]);
  answered.abort();
  const { latest = server, agreed } = chooseMasters(known, sentinels.length);
  const locate = ({ host, port }: Place): StoreServer => ({ ...server, host, port });
  return { latest: locate(latest), agreed: agreed && locate(agreed) };
}

/**
 * Chooses among what Sentinels say.
 *
 * @param count - of all Sentinels, also of those that do not answer.
 */
export function chooseMasters(
  known: readonly KnownMaster[],
  count: number,
): { readonly latest: KnownMaster | undefined; readonly agreed: KnownMaster | undefined } {
  const votes = (one: Place): number => known.filter((each) => isSameServer(each, one)).length;
  const [latest] = known.toSorted((a, b) => b.epoch - a.epoch || votes(b) - votes(a));
  return { latest, agreed: known.find((each) => votes(each) > count / 2) };
}

/** Whether a server has the same address as another one. */
export function isSameServer(one: Place, other: Place): boolean {
  return one.host === other.host && one.port === other.port;
}

async function ask(options: Parameters<typeof openClient>[0], master: string, late: AbortSignal): Promise<KnownMaster> {
  const lost = new AbortController();
  const client = openClient(options, (error) => lost.abort(error));
  const over = AbortSignal.any([late, lost.signal]);
  try {
    await unlessAborted(client.connect(), over);
    const questions: Promise<readonly unknown[]> = Promise.all([
      client.sendCommand(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", master]),
      // Fails where the first one has no answer.
      client.sendCommand(["SENTINEL", "MASTER", master]).catch(() => undefined),
    ]);
    const [place, state] = await unlessAborted(questions, over);
    if (place === null) throw new Error("it does not watch a master of this name");
    const [host, port] = Array.isArray(place) ? (place as readonly unknown[]) : [];
    if (typeof host !== "string" || !/^\d{1,5}$/.test(String(port))) throw new Error("expected a host and a port");
    const { "config-epoch": epoch } = Object(state) as Readonly<Record<string, unknown>>;
    return { host, port: Number(port), epoch: Number(epoch) || 0 };
  } finally {
    if (client.isOpen) client.destroy();
  }
}
