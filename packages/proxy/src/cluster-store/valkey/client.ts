import { type BoundedClient, createBoundedClient } from "../../database/redis/bounded-client.ts";
import type { ReplyLimits } from "../../database/redis/reply-bound.ts";

/** How many commands may wait for their answers. */
const MAX_WAITING = 20_000;

/** What a reply of a store may take: a page of leases or locks, or a message, takes a part of that. */
const STORE_REPLY: ReplyLimits = { maxBytes: 16 * 1024 * 1024, maxValues: 100_000 };

/** What a reply of a Sentinel may take. */
export const SENTINEL_REPLY: ReplyLimits = { maxBytes: 64 * 1024, maxValues: 1000 };

/** Where a server listens, and who connects. */
export interface StoreServer {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** What {@link openClient} needs. */
export interface StoreClientOptions extends StoreServer {
  /** PEM text of the authorities of the server's certificate. @defaultValue those of Node */
  readonly ca: string | undefined;
  /** How long connecting may take, in milliseconds. */
  readonly timeoutMs: number;
  /** @defaultValue {@link STORE_REPLY} */
  readonly replies?: ReplyLimits;
}

/** A client of Redis or Valkey. */
export type StoreClient = BoundedClient;

/**
 * Makes a client that connects once and does not come back.
 *
 * @param onLost - called when the connection fails or ends.
 */
export function openClient(
  { host, port, tls, username, password, database, ca, timeoutMs, replies = STORE_REPLY }: StoreClientOptions,
  onLost: (error: Error) => void,
): StoreClient {
  const common = { host, port, connectTimeout: timeoutMs, reconnectStrategy: false as const, noDelay: true };
  const onRefused = (error: Error): void => {
    onLost(error);
    client.destroy();
  };
  const client = createBoundedClient(
    {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      database,
      disableOfflineQueue: true,
      commandsQueueMaxLength: MAX_WAITING,
      disableClientInfo: true,
      maintNotifications: "disabled",
      socket: tls ? { ...common, tls, ...(ca !== undefined && { ca }) } : common,
    },
    { ...replies, onRefused },
  );
  client.on("error", onLost);
  client.on("end", () => onLost(new Error("the server has closed the connection")));
  return client;
}
