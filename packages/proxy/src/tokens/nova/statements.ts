import { INSTANCE_PREFIX } from "./console-row.ts";

/** What is read of every instance. */
const INSTANCE_COLUMNS = ["uuid", "host", "display_name"];

/**
 * The row of a token with its instance, which is absent when it does not exist or is deleted. All columns of the token's
 * table are read, so that those of any release are found by name, also after an upgrade of the database.
 */
export function findToken(instanceColumns: readonly string[]): string {
  const columns = [...new Set([...INSTANCE_COLUMNS, ...instanceColumns])];
  const listed = columns.map((column) => `i.${checkName(column)} AS ${INSTANCE_PREFIX}${column}`);
  return (
    `SELECT t.*, ${listed.join(", ")} FROM console_auth_tokens t ` +
    "LEFT JOIN instances i ON i.uuid = t.instance_uuid AND i.deleted = 0 WHERE t.token_hash = ?"
  );
}

/** The instances of `instances` that exist, each with its rows of `tokens`, or once with none. */
export function findLive(instances: number, tokens: number): string {
  return (
    `SELECT t.*, i.uuid AS ${INSTANCE_PREFIX}uuid FROM instances i ` +
    `LEFT JOIN console_auth_tokens t ON t.instance_uuid = i.uuid AND t.token_hash IN (${placeholders(tokens)}) ` +
    `WHERE i.deleted = 0 AND i.uuid IN (${placeholders(instances)})`
  );
}

/** Fails as lookups would, such as for want of the right to read a table. */
export const CHECK =
  "SELECT t.id FROM console_auth_tokens t LEFT JOIN instances i ON i.uuid = t.instance_uuid WHERE t.id = 0";

/** Cells in the order in which Nova asks them. */
export const CELL_MAPPINGS = "SELECT * FROM cell_mappings ORDER BY id";

function placeholders(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}

function checkName(column: string): string {
  if (/^[a-z_]+$/.test(column)) return column;
  throw new Error(`expected the name of a column, but got ${JSON.stringify(column)}`);
}
