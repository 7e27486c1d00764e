import type { Lane, Statements } from "./lane.ts";
import { type Dialect, hasCode } from "./dialect.ts";
import { COUNTERS, SCHEMA_VERSION, type TableName, TABLES } from "./tables.ts";

/** The row that says which version the tables are of. It is written last. */
const VERSION_ROW = "schema";

/** The quoted names of the tables of a cluster. */
export function tableNames(prefix: string, dialect: Dialect): Readonly<Record<TableName, string>> {
  const names = TABLES.map(({ name }) => [name, dialect.quote(`${prefix}_${name}`)]);
  return Object.fromEntries(names) as Readonly<Record<TableName, string>>;
}

/** Where the tables are, and who uses them. */
export interface SchemaOptions {
  readonly dialect: Dialect;
  readonly tables: Readonly<Record<TableName, string>>;
  /** The cluster's. */
  readonly prefix: string;
}

/**
 * Makes the tables, where there are none. Several gateways may do that at once.
 *
 * @throws Error with the statements that make them, where the user may not.
 */
export async function prepareSchema(lane: Lane, options: SchemaOptions): Promise<void> {
  const found = (await readVersion(lane, options)) ?? (await create(lane, options));
  if (found !== SCHEMA_VERSION) {
    throw new Error(
      `expected tables of version ${SCHEMA_VERSION} in the database, but got ${found}: another version of Curfew has made them`,
    );
  }
}

async function readVersion(lane: Lane, { dialect, tables }: SchemaOptions): Promise<number | undefined> {
  try {
    const [row] = await lane.query(`SELECT number FROM ${tables.counters} WHERE name = ?`, [VERSION_ROW]);
    return row && Number(row["number"]);
  } catch (error) {
    // MariaDB says that a table may not be read, also where there is none.
    if ([dialect.errors.missingTable, dialect.errors.forbidden].some((codes) => hasCode(error, codes)))
      return undefined;
    throw error;
  }
}

async function create(lane: Lane, options: SchemaOptions): Promise<number> {
  const { dialect, prefix } = options;
  const statements = [...createStatements(options), ...counterStatements(options)];
  try {
    await lane.transaction(async (transaction) => {
      if (dialect.lockSchema !== undefined) await transaction.query(dialect.lockSchema, [`curfew ${prefix}`]);
      for (const statement of statements) await runUnlessDone(transaction, statement, dialect);
    });
  } catch (cause) {
    if (!hasCode(cause, dialect.errors.forbidden)) throw cause;
    const told = `the database's user can neither use nor make the tables of the cluster (${(cause as Error).message})`;
    const script = statements.map((statement) => `${statement};`).join("\n");
    const advice = "Let an administrator run this, and grant SELECT, INSERT, UPDATE and DELETE on these tables";
    throw new Error(`${told}. ${advice}:\n${script}`, { cause });
  }
  return SCHEMA_VERSION;
}

function createStatements({ dialect, tables }: SchemaOptions): readonly string[] {
  return TABLES.flatMap((table) => dialect.create(table, tables[table.name]));
}

function counterStatements({ tables }: SchemaOptions): readonly string[] {
  const rows = [...COUNTERS.map((name) => [name, 0] as const), [VERSION_ROW, SCHEMA_VERSION] as const];
  return rows.map(([name, number]) => {
    const values = `SELECT '${name}', ${number}, 0 FROM (SELECT 1 AS one) AS one`;
    return `INSERT INTO ${tables.counters} (name, number, version) ${values} WHERE NOT EXISTS (SELECT 1 FROM ${tables.counters} WHERE name = '${name}')`;
  });
}

/** Another gateway may have written the same row meanwhile. */
async function runUnlessDone(transaction: Statements, statement: string, dialect: Dialect): Promise<void> {
  try {
    await transaction.execute(statement, []);
  } catch (error) {
    if (!hasCode(error, dialect.errors.duplicate)) throw error;
  }
}
