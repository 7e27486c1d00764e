import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sha256 } from "../../sha256.ts";
import { SqliteTokenStore } from "./token-store.ts";
import { checkSchema, migrate, type Migration, MIGRATIONS } from "./schema.ts";

let folder: string;
let path: string;
const stores: SqliteTokenStore[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "curfew-schema-"));
  path = join(folder, "tokens.db");
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map(async (store) => await store.close()));
  rmSync(folder, { recursive: true });
});

function open(): SqliteTokenStore {
  const store = new SqliteTokenStore(path);
  stores.push(store);
  return store;
}

/** The file, as the gateway of another version sees it. */
function withFile<T>(use: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    return use(db);
  } finally {
    db.close();
  }
}

const SOON = Date.now() + 3_600_000;

const GRANTS = `CREATE TABLE grants (hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
  endpoint TEXT NOT NULL, instance TEXT, name TEXT, user TEXT, access TEXT NOT NULL, created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, revoked_at INTEGER`;
const FIRST_USES = `CREATE TABLE first_uses (hash BLOB PRIMARY KEY, first_used_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;`;
const REVOCATIONS = `CREATE TABLE revocations (number INTEGER PRIMARY KEY AUTOINCREMENT, token_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL) STRICT;`;
const USED =
  "CREATE TABLE used_tokens (token_id TEXT PRIMARY KEY, kept_until INTEGER NOT NULL) STRICT, WITHOUT ROWID; CREATE INDEX used_tokens_by_end ON used_tokens (kept_until);";
const LOCKS =
  "CREATE TABLE locks (id TEXT PRIMARY KEY, subject TEXT NOT NULL, value TEXT NOT NULL, message TEXT, created_at INTEGER NOT NULL";
const ROW = `'vnc', '[fd00::5]:5901', 'vm-1', NULL, NULL, 'control', 1, ${SOON}`;
const END = ") STRICT, WITHOUT ROWID;";
const USE = ", single_use INTEGER NOT NULL DEFAULT 0, max_sessions INTEGER";
const BOOT = ", boot TEXT, boot_ms INTEGER";

const rows = (more = ""): string =>
  `INSERT INTO grants VALUES (:good, 'good', ${ROW}, NULL${more}), (:bad, 'bad', ${ROW}, 1${more});`;

/** What each version wrote, from the first one on. */
const SHAPES: readonly (readonly [version: number, sql: string])[] = [
  [
    0,
    `CREATE TABLE tokens (hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, host TEXT NOT NULL,
      port INTEGER NOT NULL, instance TEXT, name TEXT, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
      revoked_at INTEGER) STRICT, WITHOUT ROWID;
     INSERT INTO tokens VALUES (:good, 'good', 'vnc', 'fd00::5', 5901, 'vm-1', NULL, 1, ${SOON}, NULL),
       (:bad, 'bad', 'vnc', '10.0.0.5', 5901, 'vm-1', NULL, 1, ${SOON}, 1);`,
  ],
  [1, `${GRANTS}${END}${rows()}`],
  [2, `${GRANTS}${END}${FIRST_USES}${rows()}`],
  [3, `${GRANTS}${END}${FIRST_USES}${REVOCATIONS}${rows()}`],
  [4, `${GRANTS}${BOOT}${END}${FIRST_USES}${REVOCATIONS}${rows(", NULL, NULL")}`],
  [5, `${GRANTS}${BOOT}${USE}${END}${FIRST_USES}${REVOCATIONS}${USED}${rows(", NULL, NULL, 0, NULL")}`],
  [
    6,
    `${GRANTS}${BOOT}${USE}${END}${FIRST_USES}${REVOCATIONS}${USED}${LOCKS}${END}${rows(", NULL, NULL, 0, NULL")}
     INSERT INTO locks VALUES ('l-1', 'user', 'alice', NULL, 1);`,
  ],
  [
    7,
    `${GRANTS}${BOOT}${USE}${END}${FIRST_USES}${REVOCATIONS}${USED}${LOCKS}, expires_at INTEGER${END}
     ${rows(", NULL, NULL, 0, NULL")} INSERT INTO locks VALUES ('l-1', 'user', 'alice', NULL, 1, NULL);`,
  ],
];

function write(version: number, sql: string): void {
  withFile((db) => {
    const filled = sql
      .replaceAll(":good", `x'${sha256("good").toString("hex")}'`)
      .replaceAll(":bad", `x'${sha256("bad").toString("hex")}'`);
    db.exec(filled);
    if (version >= 2) db.exec("INSERT INTO first_uses VALUES (x'00', 5, 5)");
    if (version >= 5) db.exec(`INSERT INTO used_tokens VALUES ('used', ${SOON})`);
    db.exec(`PRAGMA user_version = ${version}`);
  });
}

/** Tables, columns, indexes and triggers. */
function shape(): unknown {
  return withFile((db) => {
    const parts = db.prepare("SELECT type, name FROM sqlite_schema ORDER BY type, name").all();
    const columns = db.prepare(
      "SELECT t.name AS 'table', c.name FROM sqlite_schema t, pragma_table_info(t.name) c ORDER BY 1, 2",
    );
    return [parts, columns.all()];
  });
}

describe("a file of every earlier version", () => {
  test.each(SHAPES)(
    "%i keeps its tokens, revocations, uses and locks, and gets the latest schema",
    async (version, sql) => {
      write(version, sql);
      const store = open();
      const good = await store.resolve("good");
      expect([good?.singleUse, good?.maxSessions]).toEqual([undefined, undefined]);
      expect(good).toMatchObject({
        tokenId: "good",
        endpoint: { type: "tcp", host: "fd00::5", port: 5901 },
        expiresAt: SOON,
        access: "control",
        user: undefined,
      });
      expect(await store.resolve("bad")).toBeUndefined();
      expect((await store.find("bad"))?.revokedAt).toBe(1);
      const uses = withFile((db) => db.prepare("SELECT * FROM first_uses").all());
      expect(uses).toHaveLength(version < 2 ? 0 : 1);
      expect(await store.useOnce("used", SOON)).toBe(version < 5);
      const lock = {
        id: "l-1",
        subject: "user",
        value: "alice",
        message: undefined,
        createdAt: 1,
        expiresAt: undefined,
      };
      expect(store.locks()).toEqual(version < 6 ? [] : [lock]);
      await store.revoke("good");
      expect(withFile((db) => db.prepare("SELECT token_id FROM revocations").all())).toEqual([{ token_id: "good" }]);
      const migrated = shape();
      path = join(folder, "new.db");
      await open().close();
      expect(migrated).toEqual(shape());
    },
  );
});

/** Changes as a next version may make them. */
const next = (usableFrom: number): readonly Migration[] => [
  ...MIGRATIONS,
  {
    version: 9,
    usableFrom,
    sql: "ALTER TABLE locks ADD COLUMN reason TEXT; ALTER TABLE grants ADD COLUMN project TEXT; CREATE TABLE notes (note);",
  },
];

const lock = { id: "l-1", subject: "user", value: "alice", message: undefined, createdAt: 1, expiresAt: 2 } as const;

test("after an upgrade, the version before goes on with the file, and the next one loses nothing that it wrote", async () => {
  const request = { type: "vnc", endpoint: { type: "tcp", host: "10.0.0.5", port: 5901 }, ttlMs: 60_000 } as const;
  const before = open();
  const { token, record } = await before.issue(request);
  await before.putLock(lock);
  withFile((db) => {
    migrate(db, next(8));
    db.exec("UPDATE locks SET reason = 'audit'; UPDATE grants SET project = 'p'");
  });
  const after = shape();

  const back = open();
  expect(await back.resolve(token)).toEqual(record);
  await back.health();
  await back.revoke(record.tokenId);
  await back.putLock({ ...lock, message: "closed" });
  const { token: later } = await back.issue(request);
  // A gateway that ran meanwhile does, too.
  await before.health();
  expect(await before.resolve(token)).toBeUndefined();

  withFile((db) => migrate(db, next(8)));
  expect(shape()).toEqual(after);
  const kept = "SELECT message, reason FROM locks";
  expect(withFile((db) => db.prepare(kept).all())).toEqual([{ message: "closed", reason: "audit" }]);
  expect(await open().resolve(later)).toBeDefined();
  expect(await open().resolve(token)).toBeUndefined();
});

test("a file that this version must not use is refused, also by a gateway that runs when it is changed", async () => {
  const before = open();
  await before.health();
  withFile((db) => migrate(db, next(9)));
  const words = "it was written by a newer version of Curfew, for schema 9 or later, and this version has schema 8";
  expect(() => open()).toThrow(`the token store ${path} cannot be opened: ${words}`);
  // While another connection writes, it cannot tell.
  const health = async (): Promise<string> => await before.health().then(() => "good", String);
  await expect.poll(health).toContain(words);
  withFile((db) => expect(() => checkSchema(db)).toThrow(words));
});

test("a change that fails leaves the file as it was", async () => {
  write(...(SHAPES[7] as (typeof SHAPES)[number]));
  const before = shape();
  withFile((db) => {
    expect(() => migrate(db, [...MIGRATIONS, { version: 9, usableFrom: 8, sql: "no SQL" }])).toThrow("syntax error");
  });
  expect(shape()).toEqual(before);
  expect(await open().resolve("good")).toBeDefined();
});

test("every change is in order, and since schema 8 the version before can use the file after it", () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => 4 + index));
  for (const { version, usableFrom } of MIGRATIONS) {
    expect(usableFrom).toBeLessThanOrEqual(version < 8 ? version : version - 1);
  }
});
