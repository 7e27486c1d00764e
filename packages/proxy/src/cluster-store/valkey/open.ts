import { setTimeout as sleep } from "node:timers/promises";
import { ErrorReply } from "@redis/client";
import { inTime } from "../../time/in-time.ts";
import { unlessAborted } from "../../time/unless-aborted.ts";
import type { OpenContext, OpenStore } from "../engine.ts";
import { openClient, type StoreClient, type StoreServer } from "./client.ts";
import { findMasters, isSameServer } from "./sentinel.ts";
import { ValkeySession } from "./session.ts";
import type { StoreAddress } from "./store-url.ts";

/** The first version of Redis that has all that is used; Valkey began with a later one. */
const MIN_VERSION = 7;

/** How often the Sentinels are asked for the master, in milliseconds. */
const WATCH_MS = 1000;

/** Where a store is, and what is used of it. */
export interface ValkeyOptions {
  readonly address: StoreAddress;
  /** PEM text of the authorities of the server's certificate. @defaultValue those of Node */
  readonly ca: string | undefined;
  /** The cluster's. */
  readonly prefix: string;
}

/**
 * Connects to Valkey or Redis. One Sentinel that names a server which is no master, or is not there, does not stop a
 * cluster whose other Sentinels agree.
 *
 * @throws Error saying why there is no connection.
 */
export async function openValkey(options: ValkeyOptions, context: OpenContext): Promise<OpenStore> {
  const { address, ca } = options;
  const { timeoutMs, signal } = context;
  const { latest, agreed } = await unlessAborted(findMasters(address, { ca, timeoutMs }), signal);
  try {
    return await openServer({ server: latest, refused: undefined }, options, context);
  } catch (error) {
    if (agreed === undefined || isSameServer(agreed, latest)) throw error;
    return await openServer({ server: agreed, refused: latest }, options, context);
  }
}

/** A server, and one that a Sentinel named before it and that could not be used. */
interface ChosenServer {
  readonly server: StoreServer;
  readonly refused: StoreServer | undefined;
}

async function openServer(chosen: ChosenServer, options: ValkeyOptions, context: OpenContext): Promise<OpenStore> {
  const { ca, prefix } = options;
  const { timeoutMs, onLost, signal } = context;
  let isOpen = false;
  const failed = new AbortController();
  const onEnd = (error: Error): void => (isOpen ? onLost(error) : failed.abort(error));
  const clientOptions = { ...chosen.server, ca, timeoutMs };
  const client = openClient(clientOptions, onEnd);
  const reader = openClient(clientOptions, onEnd);
  const session = new ValkeySession(client, prefix);
  const close = (): void => {
    for (const each of [client, reader]) if (each.isOpen) each.destroy();
  };
  const connect = async (): Promise<void> => {
    await Promise.all([client.connect(), reader.connect()]);
    await checkServer(client);
    await session.load();
  };
  try {
    await unlessAborted(inTime(connect, timeoutMs), AbortSignal.any([signal, failed.signal]));
  } catch (error) {
    close();
    throw error;
  }
  isOpen = true;
  return {
    session,
    reader: new ValkeySession(reader, prefix),
    check: async () => await checkServer(client),
    watch: async (lost) => await watchSentinels(options, { ...chosen, timeoutMs, signal: lost }),
    isReplaced: (error) => error instanceof ErrorReply && error.message.startsWith("READONLY"),
    close,
  };
}

/** @throws Error saying what is wrong with the server. */
async function checkServer(client: StoreClient): Promise<void> {
  const { version, mode, role } = await client.hello();
  if (role !== "master" || mode === "cluster") {
    throw new Error(`expected a master that is not part of a Redis Cluster, but got a ${role} (${mode})`);
  }
  // Written so that a version which is no number is refused.
  if (!(Number.parseInt(version, 10) >= MIN_VERSION)) {
    throw new Error(`expected Redis ${MIN_VERSION}.0 or later, or Valkey, but got version ${version}`);
  }
}

type WatchedMaster = ChosenServer & Pick<OpenContext, "timeoutMs" | "signal">;

/** Rejects when the Sentinels name another master: an old one may go on to answer, and loses what it is told. */
async function watchSentinels({ address, ca }: ValkeyOptions, watched: WatchedMaster): Promise<never> {
  const { server, refused, timeoutMs, signal } = watched;
  for (;;) {
    await sleep(WATCH_MS, undefined, { ref: false, signal });
    // Without any Sentinel, the master is what it was.
    const named = await findMasters(address, { ca, timeoutMs }).catch(() => undefined);
    if (named === undefined) continue;
    const { latest, agreed = server } = named;
    const now = refused !== undefined && isSameServer(latest, refused) ? agreed : latest;
    if (!isSameServer(now, server)) {
      throw new Error(`the Sentinels name another master: ${now.host}:${now.port}`);
    }
  }
}
