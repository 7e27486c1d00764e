import { createClient, type RedisClientType } from "@redis/client";

/** How many commands may wait for their answers. */
const MAX_WAITING = 20_000;

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
}

/** A client of Redis or Valkey. */
export type StoreClient = RedisClientType;

/**
 * Makes a client that connects once and does not come back.
 *
 * @param onLost - called when the connection fails or ends.
 */
export function openClient(
  { host, port, tls, username, password, database, ca, timeoutMs }: StoreClientOptions,
  onLost: (error: Error) => void,
): StoreClient {
  const common = { host, port, connectTimeout: timeoutMs, reconnectStrategy: false as const, noDelay: true };
  const client = createClient({
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_WAITING,
    disableClientInfo: true,
    maintNotifications: "disabled",
    socket: tls ? { ...common, tls, ...(ca !== undefined && { ca }) } : common,
  });
  client.on("error", onLost);
  client.on("end", () => onLost(new Error("the server has closed the connection")));
  return client;
}
