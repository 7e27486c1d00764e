import type { DatabaseSettings, DatabaseSystem } from "../../database/database-settings.ts";
import {
  type ConnectionPool,
  type Driver,
  type LentConnection,
  readTlsMaterial,
  type TlsMaterial,
} from "../../database/driver.ts";
import { inTime } from "../../time/in-time.ts";
import { unlessAborted } from "../../time/unless-aborted.ts";
import type { OpenContext, OpenStore } from "../engine.ts";
import { type Dialect, hasCode } from "./dialect.ts";
import { Lane } from "./lane.ts";
import { prepareSchema, tableNames } from "./schema.ts";
import { KnownServer } from "./server.ts";
import { SqlSession } from "./session.ts";
import { trimAll } from "./trim.ts";
import { Wake } from "./wake.ts";

/** How many connections a gateway has: one for each lane. */
const CONNECTIONS = 4;

/** How long an answer may be, in bytes: a page of locks or leases, or some messages, take a part of that. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** How long making the tables may take, in milliseconds. */
const PREPARE_MS = 10_000;

/** With each of how many checks what is not needed any more is removed, and all connections are used. */
const TRIM_CHECKS = 5;

/** A database as a store. */
export interface SqlOptions {
  readonly settings: DatabaseSettings;
  /** PEM text of the authorities of the server's certificate, which must name the server. @defaultValue as the URL says */
  readonly ca: string | undefined;
  /** The cluster's. */
  readonly prefix: string;
}

/** A driver and a dialect are imported here, so that only the gateways that use them load them. */
const SYSTEMS: Readonly<Record<DatabaseSystem, () => Promise<{ driver: Driver; dialect: Dialect }>>> = {
  mysql: async () => ({
    driver: (await import("../../database/mysql.ts")).MYSQL,
    dialect: (await import("./mysql-dialect.ts")).MYSQL_DIALECT,
  }),
  postgresql: async () => ({
    driver: (await import("../../database/postgresql.ts")).POSTGRESQL,
    dialect: (await import("./postgresql-dialect.ts")).POSTGRESQL_DIALECT,
  }),
};

/** Connects to a database, and makes its tables where there are none. @throws Error saying why there is no connection. */
export async function openSql(options: SqlOptions, context: OpenContext): Promise<OpenStore> {
  const { settings } = options;
  const { driver, dialect } = await SYSTEMS[settings.system]();
  const tls = await tlsOf(options);
  try {
    return await openWith({ ...options, driver, dialect, tls }, context);
  } catch (error) {
    if (options.ca !== undefined || settings.tls?.optional !== true || !driver.isWithoutTls(error)) throw error;
    return await openWith({ ...options, driver, dialect, tls: undefined }, context);
  }
}

/** With authorities of its own, a connection is encrypted and verified whatever its URL says. */
async function tlsOf({ settings, ca }: SqlOptions): Promise<TlsMaterial | undefined> {
  const own = settings.tls && (await readTlsMaterial(settings.tls));
  if (ca === undefined) return own;
  const none = { cert: undefined, key: undefined, passphrase: undefined, ciphers: undefined };
  return { ...none, ...own, ca, verify: own?.verify === "authority" ? "authority" : "name" };
}

interface Prepared extends SqlOptions {
  readonly driver: Driver;
  readonly dialect: Dialect;
  readonly tls: TlsMaterial | undefined;
}

async function openWith(prepared: Prepared, { timeoutMs, onLost, signal }: OpenContext): Promise<OpenStore> {
  const { settings, driver, dialect, tls, prefix } = prepared;
  const connectMs = Math.min(settings.connectMs ?? Infinity, timeoutMs);
  const pool = driver.openPool({
    settings,
    tls,
    maxConnections: CONNECTIONS,
    connectMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });
  const closed = new AbortController();
  const acquiring = Array.from({ length: CONNECTIONS }, async () => await pool.acquire());
  const close = (): void => {
    closed.abort(new Error("the connection is not used any more"));
    void closeAll(pool, acquiring);
  };
  const wake = new Wake();
  const tables = tableNames(prefix, dialect);
  const channel = `${prefix}_changes`;
  const open = async (): Promise<Checked & { readonly reader: SqlSession }> => {
    const connections = await inTime(async () => await Promise.all(acquiring), timeoutMs);
    const settingUp = connections.map(async (each) => await setUp(each, dialect, timeoutMs));
    await inTime(async () => await Promise.all(settingUp), timeoutMs);
    const server = await inTime(async () => await KnownServer.find(connections, dialect), timeoutMs);
    const isLost = (error: unknown): boolean => driver.isLost(error);
    const [polls, plain, tokens, leases] = connections.map(
      (connection) => new Lane({ connection, dialect, isLost, onLost, closed: closed.signal }),
    ) as [Lane, Lane, Lane, Lane];
    await inTime(async () => await prepareSchema(plain, { dialect, tables, prefix }), PREPARE_MS);
    if (dialect.notify !== undefined) await polls.execute(`LISTEN ${dialect.quote(channel)}`);
    connections[0]?.onNotification(wake.wake);
    const shared = { dialect, tables, channel, wake, onLost, closed: closed.signal };
    const session = new SqlSession({ ...shared, lanes: { plain, tokens, leases, polls } });
    const reader = new SqlSession({ ...shared, lanes: { plain: polls, tokens: polls, leases: polls, polls } });
    // What its user may not do comes out here.
    await session.trim();
    return { session, reader, polls, seldomUsed: [plain, tokens, leases], server, closed: closed.signal };
  };
  try {
    const { reader, ...opened } = await unlessAborted(open(), signal);
    const { session } = opened;
    const check = createCheck(opened);
    const isReplaced = (error: unknown): boolean => hasCode(error, dialect.errors.readOnly);
    const watch = async (lost: AbortSignal): Promise<never> => await unlessAborted(new Promise<never>(() => {}), lost);
    return { session, reader, check, watch, isReplaced, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function setUp(connection: LentConnection, dialect: Dialect, timeoutMs: number): Promise<void> {
  for (const statement of dialect.setUp(timeoutMs)) await connection.execute(statement, []);
  for (const statement of dialect.setUpIfPossible(timeoutMs)) await connection.execute(statement, []).catch(() => {});
}

interface Checked {
  readonly session: SqlSession;
  /** The first connection. */
  readonly polls: Lane;
  /** Whose connections the database, or a proxy before it, may close as idle. */
  readonly seldomUsed: readonly Lane[];
  readonly server: KnownServer;
  /** Aborts when the session is closed. */
  readonly closed: AbortSignal;
}

function createCheck({ session, polls, seldomUsed, server, closed }: Checked): () => Promise<void> {
  let checks = 0;
  let trimming: Promise<void> | undefined;
  return async () => {
    await server.check(polls);
    checks += 1;
    if (checks % TRIM_CHECKS !== 0) return;
    // It may wait for other gateways, which a beat does not; what one cannot remove, the next one does.
    trimming ??= trimAll(session, closed)
      .catch(ignore)
      .finally(() => (trimming = undefined));
    for (const lane of seldomUsed) void lane.query("SELECT 1").catch(ignore);
  };
}

async function closeAll(pool: ConnectionPool, acquiring: readonly Promise<LentConnection>[]): Promise<void> {
  for (const acquired of acquiring) acquired.then((connection) => connection.destroy(), ignore);
  await pool.close().catch(ignore);
}

function ignore(): void {}
