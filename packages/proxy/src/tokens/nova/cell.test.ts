import { expect, test } from "vitest";
import { Cell } from "./cell.ts";
import type { Row } from "../../database/driver.ts";
import type { Grant } from "../grant.ts";

const NOW = 1_700_000_000_500;
const EXPIRES = 1_700_000_060;
const SIGNAL = new AbortController().signal;

const ROW: Row = {
  token_hash: "hash",
  console_type: "novnc",
  host: "10.0.0.1",
  port: 5901,
  internal_access_path: null,
  instance_uuid: "vm-1",
  expires: EXPIRES,
  access_url_base: "http://dash/vnc.html",
  instance__uuid: "vm-1",
  instance__display_name: "web",
};

/** A cell whose database answers with these rows, one list after the other; the last one again and again. */
function cell(...answers: readonly (readonly Row[] | Error)[]): Cell & { readonly queries: string[][] } {
  const queries: string[][] = [];
  const query = async (sql: string, values: readonly string[]): Promise<readonly Row[]> => {
    queries.push([sql, ...values]);
    const answer = answers[Math.min(queries.length, answers.length) - 1] ?? [];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const database = { query, close: async () => {} };
  const made = new Cell(
    { name: "cell1", transportUrl: undefined, database },
    { validation: undefined, now: () => NOW },
  );
  return Object.assign(made, { queries });
}

async function grantOf(row: Row = ROW): Promise<Grant> {
  const grant = await cell([row]).find("hash", SIGNAL);
  if (grant === undefined) throw new Error("there is no grant");
  return grant;
}

test("of a row with its instance the grant has all that there is", async () => {
  expect(await grantOf({ ...ROW, tls_port: 5902, internal_access_path: "path" })).toMatchObject({
    tokenId: "hash",
    type: "vnc",
    endpoint: { type: "tcp", host: "10.0.0.1", port: 5901 },
    instance: "vm-1",
    name: "web",
    expiresAt: EXPIRES * 1000,
    tlsPort: 5902,
    internalAccessPath: "path",
    accessUrlBase: "http://dash/vnc.html",
  });
});

test("PostgreSQL's text is as good as MariaDB's numbers", async () => {
  expect(await grantOf({ ...ROW, port: "5901", expires: `${EXPIRES}` })).toEqual({
    ...(await grantOf()),
    revalidation: expect.anything() as unknown,
  });
});

test("a row of an instance that does not exist is refused while it is valid, and expired afterwards", async () => {
  const gone = { ...ROW, instance__uuid: null };
  await expect(cell([gone]).find("hash", SIGNAL)).rejects.toMatchObject({ reason: "instance_deleted" });
  // The last second in which Nova takes it is the one before `expires`.
  const last = { ...gone, expires: Math.floor(NOW / 1000) + 1 };
  await expect(cell([last]).find("hash", SIGNAL)).rejects.toMatchObject({ reason: "instance_deleted" });
  const expired = { ...gone, expires: Math.floor(NOW / 1000) };
  expect(await cell([expired]).find("hash", SIGNAL)).toMatchObject({ expiresAt: Math.floor(NOW / 1000) * 1000 });
});

test.each([
  ["port", "none"],
  ["port", null],
  ["host", null],
  ["port", true],
  ["port", "0x1705"],
  ["port", ""],
  ["expires", 1.5],
  ["expires", new Date(NOW)],
  ["expires", "1e9"],
  ["console_type", ""],
])("a row with the %s %j, which Nova never writes, opens nothing", async (column, value) => {
  await expect(cell([{ ...ROW, [column]: value }]).find("hash", SIGNAL)).rejects.toThrow(
    `console_auth_tokens.${column}`,
  );
});

test("a grant whose row and instance are as before holds", async () => {
  expect(await cell([ROW]).check([await grantOf()], SIGNAL)).toEqual([undefined]);
});

test.each([
  ["the instance is gone", [], "the instance was deleted"],
  ["the row is gone", [{ instance__uuid: "vm-1", token_hash: null }], "the console has moved"],
  ["the host is another", [{ ...ROW, host: "10.0.0.2" }], "the console has moved"],
  ["the port is another", [{ ...ROW, port: 5902 }], "the console has moved"],
  ["the TLS port is another", [{ ...ROW, tls_port: 1 }], "the console has moved"],
  ["the path is another", [{ ...ROW, internal_access_path: "p" }], "the console has moved"],
  ["the row cannot be read", [{ ...ROW, port: null }], "the console has moved"],
])("a grant no longer holds when %s", async (_, rows, detail) => {
  const [end] = await cell(rows).check([await grantOf()], SIGNAL);
  expect(end?.detail).toContain(detail);
});

test.each([
  ["long before it expires", EXPIRES, true],
  ["six seconds before it expires", 1_700_000_007, true],
  ["when the clocks may disagree about its expiry", 1_700_000_005, false],
  ["after it has expired", 1_699_999_000, false],
])("a row that is missing %s was removed: %s", async (_, expires, isRemoved) => {
  const grant = { ...(await grantOf()), expiresAt: expires * 1000 };
  const [end] = await cell([{ instance__uuid: "vm-1", token_hash: null }]).check([grant], SIGNAL);
  expect(end !== undefined).toBe(isRemoved);
});

test("one query serves a thousand sessions, and names each token and each instance once", async () => {
  const grant = await grantOf();
  const grants = Array.from({ length: 2500 }, (_, index) => ({ ...grant, tokenId: `hash ${index % 2000}` }));
  const asked = cell([]);
  expect((await asked.check(grants, SIGNAL)).length).toBe(2500);
  expect(asked.queries.map((query) => query.length)).toEqual([1002, 1002, 502]);
});

test("a database that fails in between gives no answer for any session", async () => {
  const grant = await grantOf();
  const grants = Array.from({ length: 1500 }, () => grant);
  await expect(cell([], new Error("away")).check(grants, SIGNAL)).rejects.toThrow("away");
});
