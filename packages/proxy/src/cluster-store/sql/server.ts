import type { Dialect } from "./dialect.ts";
import type { Statements } from "./lane.ts";

/**
 * Which server a connection leads to.
 *
 * @throws Error when it cannot be written to.
 */
export async function identify(statements: Statements, { state }: Dialect): Promise<string> {
  const [row] = await statements.query(state, []);
  const { is_read_only: isReadOnly, identity } = Object(row) as Readonly<Record<string, unknown>>;
  // Written so that a server which does not say it is refused.
  if (Number(isReadOnly ?? 1) !== 0)
    throw new Error("expected a database that can be written to, but got a read-only one");
  return String(identity);
}

/** @throws Error when connections lead to different servers. */
export function checkSame(identities: readonly string[]): void {
  const [first, ...others] = identities;
  const other = others.find((identity) => identity !== first);
  if (other !== undefined) {
    throw new Error(`expected one database server for all connections, but got ${first} and ${other}`);
  }
}
