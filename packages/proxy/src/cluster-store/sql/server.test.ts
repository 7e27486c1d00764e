import { expect, test } from "vitest";
import type { Row } from "../../database/driver.ts";
import type { Statements } from "./lane.ts";
import { POSTGRESQL_DIALECT } from "./postgresql-dialect.ts";
import { KnownServer } from "./server.ts";

/** A connection that says this of itself. */
function connection(row: Row | undefined): Statements & { row: Row | undefined } {
  const said = {
    row,
    query: async (): Promise<readonly Row[]> => (said.row === undefined ? [] : [said.row]),
    execute: async (): Promise<number> => 0,
  };
  return said;
}

const place = (session: number, row: Row = {}): Row => ({ is_read_only: 0, identity: "a:1", session, ...row });

const find = async (...rows: (Row | undefined)[]): Promise<KnownServer> =>
  await KnownServer.find(rows.map(connection), POSTGRESQL_DIALECT);

test.each([
  ["a read-only server", place(2, { is_read_only: 1 }), "but got a read-only one"],
  ["a server that does not say whether it is one", undefined, "but got a read-only one"],
  [
    "another server",
    place(2, { identity: "b:1" }),
    "expected one database server for all connections, but got a:1 and b:1",
  ],
  ["the session of the first one", place(1), "a pooler shares them out: with PgBouncer, set pool_mode = session"],
  ["a server that is unfit", place(2, { unfit: "expected another one" }), "expected another one"],
])("a connection that leads to %s is not used", async (_what, row, message) => {
  await expect(find(place(1), row)).rejects.toThrow(message);
});

test.each([
  ["has become read-only", place(1, { is_read_only: true }), "but got a read-only one"],
  ["is another one", place(1, { identity: "b:1" }), "but got a:1 and b:1"],
  ["has another session for the connection", place(3), "a pooler shares them out"],
])("a server that %s is left", async (_what, row, message) => {
  const first = connection(place(1));
  const server = await KnownServer.find([first, connection(place(2, { unfit: null }))], POSTGRESQL_DIALECT);
  await server.check(first);
  first.row = row;
  await expect(server.check(first)).rejects.toThrow(message);
});
