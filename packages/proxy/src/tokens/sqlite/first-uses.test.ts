import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { sha256 } from "../../sha256.ts";
import { FIRST_USES_SCHEMA, FirstUsesTable } from "./first-uses.ts";

const DAY = 24 * 60 * 60 * 1000;

function makeTable(max?: number): { db: DatabaseSync; uses: FirstUsesTable; rows: () => number } {
  const db = new DatabaseSync(":memory:");
  db.exec(FIRST_USES_SCHEMA);
  const rows = (): number => (db.prepare("SELECT count(*) AS rows FROM first_uses").get() as { rows: number }).rows;
  return { db, uses: new FirstUsesTable(db, max), rows };
}

test("the first use counts for as long as the token is used at least every 30 days", async () => {
  const { uses } = makeTable();
  for (const now of [0, 29 * DAY, 58 * DAY, 87 * DAY]) expect(await uses.firstUse(sha256("a"), now)).toBe(0);
  expect(await uses.firstUse(sha256("a"), 118 * DAY)).toBe(118 * DAY);
});

test("tokens that were not used for 30 days are removed when another one is used first", async () => {
  const { uses, rows } = makeTable();
  await uses.firstUse(sha256("a"), 0);
  await uses.firstUse(sha256("b"), 10 * DAY);
  expect(rows()).toBe(2);
  await uses.firstUse(sha256("c"), 31 * DAY);
  expect(rows()).toBe(2);
});

test("no more are kept than the limit: those whose last use is the longest ago go first", async () => {
  const { uses, rows } = makeTable(3);
  for (const [index, token] of ["a", "b", "c"].entries()) await uses.firstUse(sha256(token), index);
  await uses.firstUse(sha256("a"), DAY);
  await uses.firstUse(sha256("d"), DAY);
  expect(rows()).toBe(3);
  expect(await uses.firstUse(sha256("a"), DAY)).toBe(0);
  expect(await uses.firstUse(sha256("c"), DAY)).toBe(2);
  expect(await uses.firstUse(sha256("b"), 2 * DAY)).toBe(2 * DAY);
});

test("only the digest of a token is in the table", async () => {
  const { db, uses } = makeTable();
  await uses.firstUse(sha256("open sesame"), 5);
  const [row] = db.prepare("SELECT * FROM first_uses").all();
  expect(row).toEqual({ hash: new Uint8Array(sha256("open sesame")), first_used_at: 5, last_used_at: 5 });
});

test("uses soon after each other write nothing", async () => {
  const { db, uses } = makeTable();
  await uses.firstUse(sha256("a"), 0);
  const changes = (): unknown => db.prepare("SELECT total_changes() AS changes").get();
  const before = changes();
  for (let now = 1; now < 60 * 60 * 1000; now += 10 * 60 * 1000) await uses.firstUse(sha256("a"), now);
  expect(changes()).toEqual(before);
});
