import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { parseDatabaseUrl } from "../../../src/database/database-url.ts";
import type { LentConnection } from "../../../src/database/driver.ts";
import { MYSQL } from "../../../src/database/mysql.ts";
import { POSTGRESQL } from "../../../src/database/postgresql.ts";
import type { OpenStore } from "../../../src/cluster-store/engine.ts";
import { createEngine } from "../../../src/cluster-store/open-engine.ts";
import { MYSQL_DIALECT } from "../../../src/cluster-store/sql/mysql-dialect.ts";
import { POSTGRESQL_DIALECT } from "../../../src/cluster-store/sql/postgresql-dialect.ts";
import { TABLES } from "../../../src/cluster-store/sql/tables.ts";
import { TestAuthority } from "../../support/authority.ts";
import { StoreGateway } from "../../tokens/valkey-cluster.ts";
import { SYSTEMS, TestDatabase } from "./test-database.ts";

const TIMEOUT_MS = 2000;
/** All but the one for what is asked again and again. */
const USED_CONNECTIONS = 3;

/** So many that an index is worth it. */
const EXPIRED = 5000;

const ENDPOINT = { type: "tcp", host: "10.0.0.5", port: 5901 } as const;
const LOCK = { id: "a", subject: "user", value: "alice", message: undefined, createdAt: 1 } as const;

describe.each(SYSTEMS)("%s", (system) => {
  let authority: TestAuthority;
  let database: TestDatabase;
  let prefixes = 0;
  beforeAll(async () => {
    authority = await TestAuthority.create();
    database = await TestDatabase.start(system, { tls: await authority.issue("database") });
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    authority[Symbol.dispose]();
  });

  const newPrefix = (): string => `p${(prefixes += 1)}`;

  /** Opens, and closes again. */
  const tryOpen = async (url: string, prefix: string, ca?: string): Promise<void> => {
    const context = { timeoutMs: TIMEOUT_MS, onLost: () => {}, signal: new AbortController().signal };
    const opened: OpenStore = await createEngine(url, { prefix, ca }).open(context);
    await opened.check();
    opened.close();
  };

  test("gets its tables once when several gateways begin at the same time", async () => {
    const prefix = newPrefix();
    await Promise.all(Array.from({ length: 6 }, async () => await tryOpen(database.url(), prefix)));
    expect(await database.count(prefix, "counters")).toBe(5);
  });

  test("whose user may make no tables says what an administrator has to run, and is used after that", async () => {
    const prefix = newPrefix();
    const user = "gateway";
    const quoted = system === "mysql" ? `'${user}'@'%'` : user;
    const { password } = database.server;
    const isMySql = system === "mysql";
    await database.run(
      isMySql ? `CREATE USER ${quoted} IDENTIFIED BY '${password}'` : `CREATE USER ${quoted} PASSWORD '${password}'`,
    );
    // MariaDB shows a database only to those who may do something in it.
    if (isMySql) await database.run(`GRANT SHOW VIEW ON cluster.* TO ${quoted}`);
    const message = await tryOpen(database.url({ user }), prefix).catch((error: unknown) => (error as Error).message);
    const [sentence = "", ...lines] = String(message).split("\n");
    expect(sentence).toContain("the database's user can neither use nor make the tables of the cluster");
    expect(message).not.toContain(password);
    for (const line of lines) await database.run(line.replace(/;$/, ""));
    const rights = "SELECT, INSERT, UPDATE, DELETE";
    await database.run(
      isMySql
        ? `GRANT ${rights} ON cluster.* TO ${quoted}`
        : `GRANT ${rights} ON ALL TABLES IN SCHEMA public TO ${quoted}`,
    );
    await tryOpen(database.url({ user }), prefix);
  });

  test("whose tables are of another version, or gone, is not used; tables that are gone are made again", async () => {
    const prefix = newPrefix();
    await using gateway = await StoreGateway.open({ url: database.url(), prefix });
    await gateway.store.putLock(LOCK);
    for (const name of ["counters", "log", "locks"] as const)
      await database.run(`DROP TABLE ${database.table(prefix, name)}`);
    await expect(gateway.store.putLock(LOCK)).rejects.toThrow("the token store failed");
    await expect.poll(() => gateway.messages).toContain("lost the cluster's store");
    await expect.poll(() => gateway.connection.isOpen).toBe(true);
    expect(await database.count(prefix, "locks")).toBe(1);
    await database.run(`UPDATE ${database.table(prefix, "counters")} SET number = 2 WHERE name = 'schema'`);
    await expect(tryOpen(database.url(), prefix)).rejects.toThrow(
      "expected tables of version 1 in the database, but got 2",
    );
  });

  test("that becomes read-only, as after a failover, is left, and used again when it can be written to", async () => {
    const prefix = newPrefix();
    const make = async (isReadOnly: boolean): Promise<void> => {
      if (system === "mysql") return void (await database.run(`SET GLOBAL read_only = ${Number(isReadOnly)}`));
      await database.run(`ALTER SYSTEM SET default_transaction_read_only = ${isReadOnly ? "on" : "off"}`);
      await database.run("SELECT pg_reload_conf()");
    };
    await using gateway = await StoreGateway.open({ url: database.url(), prefix });
    try {
      await make(true);
      await expect.poll(() => gateway.connection.isOpen).toBe(false);
      await expect(tryOpen(database.url(), prefix)).rejects.toThrow("expected a database that can be written to");
    } finally {
      await database.run(system === "mysql" ? "SELECT 1" : "SET default_transaction_read_only = off");
      await make(false);
    }
    await expect.poll(() => gateway.connection.isOpen).toBe(true);
  });

  test("ends a transaction in which a gateway stands still, so that the others go on", async () => {
    const prefix = newPrefix();
    await using gateway = await StoreGateway.open({ url: database.url(), prefix });
    const [driver, dialect] = system === "mysql" ? [MYSQL, MYSQL_DIALECT] : [POSTGRESQL, POSTGRESQL_DIALECT];
    const settings = parseDatabaseUrl(database.url());
    const pool = driver.openPool({
      settings,
      tls: undefined,
      maxConnections: 1,
      connectMs: TIMEOUT_MS,
      maxAnswerBytes: 1024,
    });
    const still = await pool.acquire();
    const statements = [...dialect.setUp(TIMEOUT_MS), ...dialect.setUpIfPossible(TIMEOUT_MS), "START TRANSACTION"];
    for (const statement of statements) await still.execute(statement, []).catch(() => {});
    await still.query(`SELECT * FROM ${database.table(prefix, "counters")} WHERE name = 'log' FOR UPDATE`, []);
    const lookedUp = async (): Promise<void> => void (await gateway.store.wasUsed("a"));
    const putLock = async (): Promise<string> => await gateway.store.putLock(LOCK).then(() => "written", String);
    // The database ends the transaction in about the time that an answer may take.
    expect(await putLock()).toMatch(/written|the token store failed/);
    await lookedUp();
    await expect.poll(putLock).toBe("written");
    // It held up no beat.
    expect(gateway.messages).not.toContain("lost the cluster's store");
    still.destroy();
    await pool.close();
  });

  test("that is slow to take what gateways write is not lost by them", async () => {
    const prefix = newPrefix();
    await using gateway = await StoreGateway.open({ url: database.url(), prefix });
    const table = database.table(prefix, "tokens");
    const isMySql = system === "mysql";
    if (!isMySql) await database.run("START TRANSACTION");
    await database.run(isMySql ? `LOCK TABLES ${table} WRITE` : `LOCK TABLE ${table}`);
    const issuing = Array.from({ length: 5 }, async () => {
      await gateway.store.issue({ type: "vnc", endpoint: ENDPOINT, ttlMs: 60_000 });
    });
    const before = gateway.connection.lastContact;
    const beat = { id: "a", fence: "f", view: "[]", leaseMs: 10_000, leavingMs: 1000, enters: true };
    await gateway.connection.run(async (store) => await store.members.beat(beat));
    for (const issued of await Promise.allSettled(issuing)) expect(issued.status).toBe("rejected");
    // What waits for the lock holds up no beat.
    await expect.poll(() => gateway.connection.lastContact - before).toBeGreaterThan(3000);
    await database.run(isMySql ? "UNLOCK TABLES" : "COMMIT");
    expect(gateway.messages).toEqual([]);
  });

  test("keeps all connections, although it closes those that are idle", async () => {
    const context = { timeoutMs: TIMEOUT_MS, onLost: () => {}, signal: new AbortController().signal };
    const opened = await createEngine(database.url(), { prefix: newPrefix(), ca: undefined }).open(context);
    const before = performance.now();
    for (let count = 0; count < 5; count += 1) await opened.check();
    const sql =
      system === "mysql"
        ? "SELECT time_ms AS idle FROM information_schema.processlist WHERE db = 'cluster' AND id <> CONNECTION_ID()"
        : "SELECT extract(epoch FROM clock_timestamp() - state_change) * 1000 AS idle FROM pg_stat_activity WHERE application_name = 'curfew'";
    await expect
      .poll(async () => {
        const rows = await database.run(sql);
        return rows.filter(({ idle }) => Number(idle) < performance.now() - before).length;
      })
      .toBeGreaterThanOrEqual(USED_CONNECTIONS);
    opened.close();
  });

  test("reads hardly more rows than are shown or removed, however many tokens have expired", async () => {
    const prefix = newPrefix();
    await tryOpen(database.url(), prefix);
    const table = database.table(prefix, "tokens");
    const now = Date.now();
    const rows = Array.from({ length: EXPIRED }, (_, index) => `('t${index}', '{}', ${now}, ${now}, ${now + 600_000})`);
    await database.run(`INSERT INTO ${table} (id, record, created_at, expires_at, kept_until) VALUES ${rows.join()}`);
    await database.run(system === "mysql" ? `ANALYZE TABLE ${table}` : `ANALYZE ${table}`);
    const countRead = async (): Promise<number> => {
      const sql =
        system === "mysql"
          ? "SELECT SUM(variable_value) AS count FROM information_schema.global_status WHERE variable_name LIKE 'handler_read%'"
          : `SELECT seq_tup_read + idx_tup_fetch AS count FROM pg_stat_user_tables WHERE relname = '${prefix}_tokens'`;
      return Number((await database.run(sql))[0]?.["count"]);
    };
    const before = await countRead();
    const context = { timeoutMs: TIMEOUT_MS, onLost: () => {}, signal: new AbortController().signal };
    const opened = await createEngine(database.url(), { prefix, ca: undefined }).open(context);
    expect(await opened.session.tokens.list(undefined, 100)).toEqual([]);
    opened.close();
    // PostgreSQL counts what a connection has read when that ends.
    const others = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'curfew'";
    if (system === "postgresql") await vi.waitUntil(async () => (await database.run(others)).length === 0);
    expect((await countRead()) - before).toBeLessThan(EXPIRED / 2);
  });

  test("has what is old removed as long as there is more, also while another gateway does the same", async () => {
    const prefix = newPrefix();
    await tryOpen(database.url(), prefix);
    const table = database.table(prefix, "tokens");
    const rows = Array.from({ length: EXPIRED }, (_, index) => `('t${index}', '{}', 1, 2, 3)`);
    await database.run(`INSERT INTO ${table} (id, record, created_at, expires_at, kept_until) VALUES ${rows.join()}`);
    const context = { timeoutMs: TIMEOUT_MS, onLost: () => {}, signal: new AbortController().signal };
    const engine = createEngine(database.url(), { prefix, ca: undefined });
    const gateways = [await engine.open(context), await engine.open(context)];
    for (const gateway of gateways) for (let count = 0; count < 5; count += 1) await gateway.check();
    await expect.poll(async () => await database.count(prefix, "tokens")).toBe(0);
    for (const gateway of gateways) gateway.close();
  });

  test.each(["as a replica that takes over is", "while the connections stay open"])(
    "that is as it was before, %s, gets what its gateways have written since",
    async (how) => {
      const prefix = newPrefix();
      await using one = await StoreGateway.open({ url: database.url(), prefix });
      await using other = await StoreGateway.open({ url: database.url(), prefix });
      const issue = async (): ReturnType<typeof one.store.issue> =>
        await one.store.issue({ type: "vnc", endpoint: ENDPOINT, ttlMs: 60_000 });
      const revoked = await issue();
      for (const { name } of TABLES) {
        await database.run(`CREATE TABLE ${prefix}_old_${name} AS SELECT * FROM ${database.table(prefix, name)}`);
      }
      const lost = await issue();
      other.live = [lost.record.tokenId];
      await one.store.revoke(revoked.record.tokenId);
      await one.store.putLock(LOCK);
      expect(await one.store.useOnce("once", Date.now() + 60_000)).toBe(true);
      // One that has read nothing of the log does not see that it has gone back.
      for (const gateway of [one, other]) {
        await expect.poll(() => gateway.told).toContain(revoked.record.tokenId);
      }
      await database.run("START TRANSACTION");
      for (const { name } of TABLES) {
        const table = database.table(prefix, name);
        await database.run(`DELETE FROM ${table}`);
        await database.run(`INSERT INTO ${table} SELECT * FROM ${prefix}_old_${name}`);
      }
      await database.run("COMMIT");
      if (how.startsWith("as")) await database.endConnections();
      for (const gateway of [one, other]) {
        await expect.poll(() => gateway.messages).toContain("the cluster's store is back");
      }
      // What was issued since is known to no gateway, nor whether it was revoked.
      await expect.poll(() => other.told).toContain(lost.record.tokenId);
      await using third = await StoreGateway.open({ url: database.url(), prefix });
      for (const { store } of [one, other, third]) {
        expect(await store.resolve(revoked.token)).toBeUndefined();
        expect(store.locks().map(({ id }) => id)).toEqual([LOCK.id]);
        expect(await store.wasUsed("once")).toBe(true);
      }
    },
  );

  test("takes no text for statements, whatever it expects of the clients of its own", async () => {
    const isMySql = system === "mysql";
    const { password } = database.server;
    const prepared = isMySql
      ? [
          `CREATE USER 'odd'@'%' IDENTIFIED BY '${password}'`,
          "GRANT ALL ON cluster.* TO 'odd'@'%'",
          "SET GLOBAL init_connect = 'SET NAMES gbk, completion_type = CHAIN, sql_mode = NO_BACKSLASH_ESCAPES'",
        ]
      : [
          `CREATE USER odd SUPERUSER PASSWORD '${password}'`,
          "ALTER ROLE odd SET client_encoding = 'GBK'",
          "ALTER ROLE odd SET standard_conforming_strings = off",
        ];
    for (const statement of prepared) await database.run(statement);
    const prefix = newPrefix();
    await using odd = await StoreGateway.open({ url: database.url({ user: "odd" }), prefix });
    await using plain = await StoreGateway.open({ url: database.url(), prefix });
    // The last byte of the first character and a backslash are one character of GBK, so that the quote would be none of the text.
    for (const user of ["縿', 1, 1, 1) -- ", "Ünal", "🔑\\'"]) {
      const { token } = await odd.store.issue({ type: "vnc", endpoint: ENDPOINT, ttlMs: 60_000, user });
      expect((await odd.store.resolve(token))?.user).toBe(user);
      expect((await plain.store.resolve(token))?.user).toBe(user);
    }
    if (isMySql) await database.run("SET GLOBAL init_connect = ''");
  });

  test("is reached over TLS, with an authority that has to know it, or not at all", async () => {
    const ca = readFileSync(authority.cert, "utf8");
    await tryOpen(database.url(), newPrefix(), ca);
    using other = await TestAuthority.create();
    await expect(tryOpen(database.url(), newPrefix(), readFileSync(other.cert, "utf8"))).rejects.toThrow(/certificate/);
    const encrypted = system === "mysql" ? "?ssl_mode=verify_ca&ssl_ca=" : "?sslmode=verify-ca&sslrootcert=";
    await tryOpen(database.url({ query: `${encrypted}${encodeURIComponent(authority.cert)}` }), newPrefix());
  });

  test("is reached over TLS by its address, also where the driver resumes the session of another connection", async () => {
    const driver = system === "mysql" ? MYSQL : POSTGRESQL;
    const none = { cert: undefined, key: undefined, passphrase: undefined, ciphers: undefined };
    const tls = { ...none, ca: readFileSync(authority.cert, "utf8"), verify: "name" } as const;
    const settings = parseDatabaseUrl(database.url());
    expect(settings.host).toBe("127.0.0.1");
    const options = { settings, tls, maxConnections: 3, connectMs: TIMEOUT_MS, maxAnswerBytes: 1024 };
    const pool = driver.openPool(options);
    const connections: LentConnection[] = [];
    onTestFinished(async () => {
      for (const connection of connections) connection.destroy();
      await pool.close();
    });
    for (let count = 0; count < 3; count += 1) {
      const connection = await pool.acquire();
      connections.push(connection);
      // By the answer, the ticket of the session is there, too.
      expect(await connection.query("SELECT 1 AS one", [])).toEqual([{ one: 1 }]);
    }
    // The certificate does not name it.
    const elsewhere = { ...settings, host: "127.0.0.2" };
    const other = driver.openPool({ ...options, settings: elsewhere });
    onTestFinished(async () => await other.close());
    for (let count = 0; count < 2; count += 1) {
      await expect(other.acquire()).rejects.toThrow("IP: 127.0.0.2 is not in the cert's list: 127.0.0.1");
    }
  });

  test("whose answer is too long is cut off, also over TLS", async () => {
    const driver = system === "mysql" ? MYSQL : POSTGRESQL;
    const none = { cert: undefined, key: undefined, passphrase: undefined, ciphers: undefined };
    const encrypted = { ...none, ca: readFileSync(authority.cert, "utf8"), verify: "authority" } as const;
    for (const tls of [undefined, encrypted]) {
      const options = { tls, maxConnections: 1, connectMs: TIMEOUT_MS, maxAnswerBytes: 100_000 };
      const pool = driver.openPool({ settings: parseDatabaseUrl(database.url()), ...options });
      const connection = await pool.acquire();
      for (let count = 0; count < 3; count += 1) await connection.query("SELECT repeat('a', 50000)", []);
      await expect(connection.query("SELECT repeat('a', 5000000)", [])).rejects.toThrow("more than 100000 bytes");
      connection.destroy();
      await pool.close();
    }
  });

  test("with a wrong password is not used, and the password is not told", async () => {
    const url = database.url().replace(encodeURIComponent(database.server.password), "wr%40ng");
    const error = await tryOpen(url, newPrefix()).catch(String);
    expect(error).toMatch(/authentication failed|Access denied/);
    expect(error).not.toContain("wr@ng");
  });
});
