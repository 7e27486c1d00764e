import { readConfigFile } from "../read-file.ts";
import type { DatabaseSettings, TlsFiles } from "./database-settings.ts";

/** A row of a result, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** A value of a statement. */
export type SqlValue = string | number | null;

/** A connection that is lent by a pool. Exactly one of `release` and `destroy` is to be called at the end. */
export interface LentConnection {
  /** @param sql - with a `?` for each value. */
  query(sql: string, values: readonly SqlValue[]): Promise<readonly Row[]>;
  /** Runs a statement that has no rows as its answer. @returns how many rows it has found and written. */
  execute(sql: string, values: readonly SqlValue[]): Promise<number>;
  /** Calls a listener for each `NOTIFY` of a channel that is listened to; PostgreSQL only. */
  onNotification(listener: () => void): void;
  release(): void;
  destroy(): void;
}

/** Connections to one database, of a driver. */
export interface ConnectionPool {
  /** A connection that is free, or a new one; waits when there are as many as there may be. */
  acquire(): Promise<LentConnection>;
  close(): Promise<void>;
}

/** What a pool is opened with. */
export interface PoolOptions {
  readonly settings: DatabaseSettings;
  /** Undefined for plain text. */
  readonly tls: TlsMaterial | undefined;
  readonly maxConnections: number;
  /** How long a connection may take, in milliseconds. */
  readonly connectMs: number;
  /** How long the answer to a statement may be, in bytes. */
  readonly maxAnswerBytes: number;
}

/** What differs between the drivers. */
export interface Driver {
  openPool(options: PoolOptions): ConnectionPool;
  /** Whether a query failed because its connection broke, so that it may be repeated on another one. */
  isLost(error: unknown): boolean;
  /** Whether a connection failed because the server has no TLS. */
  isWithoutTls(error: unknown): boolean;
}

/** How long a connection is kept that is not used, in milliseconds. */
export const IDLE_MS = 30_000;

/** The contents of {@link TlsFiles}. */
export interface TlsMaterial extends Pick<TlsFiles, "passphrase" | "ciphers" | "verify"> {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** @throws Error that names a file which cannot be read. */
export async function readTlsMaterial({ ca, cert, key, passphrase, ciphers, verify }: TlsFiles): Promise<TlsMaterial> {
  const [caText, certText, keyText] = await Promise.all([ca, cert, key].map(readOptional));
  return { ca: caText, cert: certText, key: keyText, passphrase, ciphers, verify };
}

async function readOptional(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : String(await readConfigFile(path));
}

/** Without the options that are undefined: the drivers take a name that is there for a value. */
export function given<T extends object>(options: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]: Exclude<T[Name], undefined> };
}
