import { DisconnectsClientError, ErrorReply, MultiErrorReply } from "@redis/client";
import { type BoundedClient, createBoundedClient } from "../database/redis/bounded-client.ts";
import { parseJson, readConnectInfo } from "./connect-info.ts";
import type { ConsoleType, Grant } from "./grant.ts";
import { inTime } from "../time/in-time.ts";
import { unlessAborted } from "../time/unless-aborted.ts";
import type { LookupContext, TokenSource } from "./source.ts";
import { digestId } from "./token-id.ts";

/** A value that is longer is refused; a grant takes a few hundred bytes. */
const MAX_VALUE_BYTES = 64 * 1024;

/** What a reply may take: it has one value, and is not quite as short as that. */
const REPLY = { maxBytes: 2 * MAX_VALUE_BYTES, maxValues: 1000 };

/** How many lookups may wait for the server's answer. */
const MAX_WAITING = 10_000;

/** The pause before the next attempt to connect, in milliseconds: it grows to the last. */
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2000;

/** The pause after a reply that was refused, in milliseconds. */
const REFUSED_RETRY_MS = 500;

/** How often a quiet server is asked for a sign of life, and how long it may be silent, in milliseconds. */
const PING_MS = 5000;
const SILENCE_MS = 12_000;

const ISSUER = "the value in Redis";

/** Options of {@link RedisTokenSource}. */
export interface RedisSourceOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  /** A token's key is this, a colon and the token; with null it is the token. */
  readonly namespace: string | null;
  /** How long a lookup may take, in seconds. */
  readonly timeout: number;
  /** The type of consoles where a value names none. */
  readonly console_type: ConsoleType;
}

/**
 * Looks tokens up in Redis or Valkey, from version 7.0 on (websockify's TokenRedis). The value is `host:port`, or JSON such
 * as `{"host": "10.0.0.5:5901", "user": "alice"}`; access ends when the key expires.
 */
export class RedisTokenSource implements TokenSource {
  readonly #prefix: string;
  readonly #timeoutMs: number;
  readonly #consoleType: ConsoleType;
  readonly #url: string;
  #client: BoundedClient;
  /** Settles with the first attempt to connect; afterwards the client itself says whether there is a connection. */
  readonly #tried: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Why there is no connection. */
  #failure: unknown;
  /** Connects again after a reply that was refused, which the client does not by itself. */
  #retry: NodeJS.Timeout | undefined;

  constructor({ url, namespace, timeout, console_type: consoleType }: RedisSourceOptions) {
    this.#prefix = namespace === null ? "" : `${namespace}:`;
    this.#timeoutMs = timeout * 1000;
    this.#consoleType = consoleType;
    this.#url = url;
    this.#client = this.#connect();
  }

  async resolve(token: string, { signal }: LookupContext): Promise<Grant | undefined> {
    // As bytes it would be another token.
    if (!token.isWellFormed()) return undefined;
    const found = await unlessAborted(
      this.#inTime(async () => await this.#read(this.#prefix + token)),
      signal,
    );
    return found && this.#toGrant(token, found);
  }

  async health(): Promise<void> {
    await this.#inTime(async () => await this.#client.ping());
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry);
    if (this.#client.isOpen) this.#client.destroy();
  }

  /** The client goes on trying by itself, until a reply is refused; what fails is an event. */
  #connect(): BoundedClient {
    const fail = (error: unknown): void => {
      this.#failure = error;
      this.#tried.resolve();
    };
    const client = openClient(this.#url, this.#timeoutMs, (error) => {
      fail(error);
      client.destroy();
      this.#retry = setTimeout(() => (this.#client = this.#connect()), REFUSED_RETRY_MS).unref();
    });
    client.on("error", fail).on("ready", this.#tried.resolve);
    client.connect().catch(() => {});
    return client;
  }

  /** @throws Error when there is no connection, or no answer in time. */
  async #inTime<T>(work: () => Promise<T>): Promise<T> {
    return await inTime(async () => {
      await this.#tried.promise;
      if (!this.#client.isReady) throw this.#disconnected();
      return await work();
    }, this.#timeoutMs).catch((error: unknown) => {
      throw error instanceof DisconnectsClientError ? this.#disconnected() : error;
    });
  }

  #disconnected(): Error {
    return new Error("there is no connection to Redis", { cause: this.#failure });
  }

  /** The value of a key and when it expires, in milliseconds since the epoch; undefined where there is no such text. */
  async #read(key: string): Promise<{ value: string; expiresAt: number | undefined } | undefined> {
    try {
      // In one transaction, so that both are of the same value.
      const [value, expiry] = await this.#client.multi().getRange(key, 0, MAX_VALUE_BYTES).pExpireTime(key).execTyped();
      if (expiry === -2 || value === null) return undefined;
      return { value, expiresAt: expiry === -1 ? undefined : expiry };
    } catch (error) {
      // A list or a hash is no token.
      if (isWrongType(error)) return undefined;
      throw error;
    }
  }

  /** @throws Error naming what is wrong with the value, which it does not quote. */
  #toGrant(token: string, { value, expiresAt }: { value: string; expiresAt: number | undefined }): Grant {
    if (value.length > MAX_VALUE_BYTES) throw new Error(`${ISSUER} has more than ${MAX_VALUE_BYTES} bytes`);
    const text = value.trim();
    const json = text.startsWith("{") ? parseJson(text, ISSUER) : { host: text };
    const options = { tokenId: digestId(token), issuer: ISSUER, consoleType: this.#consoleType, isLoose: true };
    const grant = readConnectInfo(json, options);
    const earliest = Math.min(grant.expiresAt ?? Infinity, expiresAt ?? Infinity);
    return { ...grant, expiresAt: earliest === Infinity ? undefined : earliest };
  }
}

function openClient(url: string, timeoutMs: number, onRefused: (error: Error) => void): BoundedClient {
  return createBoundedClient(
    {
      url,
      // A lookup that has to wait for a connection fails instead.
      disableOfflineQueue: true,
      commandsQueueMaxLength: MAX_WAITING,
      pingInterval: PING_MS,
      disableClientInfo: true,
      maintNotifications: "disabled",
      socket: {
        connectTimeout: timeoutMs,
        socketTimeout: SILENCE_MS,
        reconnectStrategy: (retries) => Math.min(FIRST_RETRY_MS * 2 ** retries, LAST_RETRY_MS),
      },
    },
    { ...REPLY, onRefused },
  );
}

function isWrongType(error: unknown): boolean {
  if (error instanceof MultiErrorReply) return [...error.errors()].some(isWrongType);
  return error instanceof ErrorReply && error.message.startsWith("WRONGTYPE");
}
