import type { Dialect } from "./dialect.ts";
import type { ColumnType } from "./tables.ts";

const TYPES: Readonly<Record<ColumnType, string>> = {
  key: "varchar(128) CHARACTER SET ascii COLLATE ascii_bin",
  text: "mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
  number: "bigint",
  serial: "bigint AUTO_INCREMENT",
};

/** MariaDB, and MySQL, which has less of what {@link Dialect.setUpIfPossible} asks for. */
export const MYSQL_DIALECT: Dialect = {
  quote: (name) => `\`${name}\``,
  clock: "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
  setUp: (timeoutMs) => [
    // The driver writes UTF-8. A server that takes it for GBK, say, would see other quotes in it.
    "SET NAMES utf8mb4",
    // A commit must not begin the next transaction, which nothing would end.
    "SET SESSION completion_type = 'NO_CHAIN'",
    // The driver escapes values with backslashes, which a mode can make plain characters.
    "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
    // Of local time, an hour comes twice a year.
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION autocommit = 1",
    `SET SESSION innodb_lock_wait_timeout = ${Math.ceil(timeoutMs / 1000)}`,
  ],
  setUpIfPossible: (timeoutMs) => [
    `SET SESSION max_statement_time = ${timeoutMs / 1000}`,
    // A gateway that stands still in a transaction must not hold up the others.
    `SET SESSION idle_transaction_timeout = ${Math.ceil(timeoutMs / 1000)}`,
    // A node of a Galera cluster then reads what others have committed.
    "SET SESSION wsrep_sync_wait = 7",
  ],
  // A log of statements cannot have what is written at this level of isolation.
  state:
    "SELECT @@global.read_only <> 0 AS is_read_only, CONCAT(@@hostname, ':', @@port, ' ', @@server_id) AS identity, " +
    "CONNECTION_ID() AS session, IF(@@log_bin AND @@binlog_format = 'STATEMENT', " +
    "'expected the binlog_format MIXED or ROW of the database, but got STATEMENT', NULL) AS unfit",
  // With a query within `IN`, it would look at all rows of the table.
  removeSome: ({ table, condition, order, most }) =>
    `DELETE FROM ${table} WHERE ${condition} ORDER BY ${order} LIMIT ${most}`,
  create: ({ columns, primaryKey, indexes }, quoted) => {
    const defined = columns.map(
      ([column, type, nullable]) => `${column} ${TYPES[type]}${nullable === undefined ? " NOT NULL" : " NULL"}`,
    );
    const parts = [
      ...defined,
      `PRIMARY KEY (${primaryKey.join(", ")})`,
      ...indexes.map((index) => `INDEX (${index.join(", ")})`),
    ];
    return [`CREATE TABLE IF NOT EXISTS ${quoted} (${parts.join(", ")}) ENGINE = InnoDB`];
  },
  lockSchema: undefined,
  notify: undefined,
  pollMs: 50,
  errors: {
    // A node of a Galera cluster says so, too, when another one was first.
    conflict: new Set(["ER_LOCK_DEADLOCK"]),
    readOnly: new Set([
      "ER_OPTION_PREVENTS_STATEMENT",
      "ER_READ_ONLY_MODE",
      "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION",
      // A node that is cut off from its Galera cluster.
      "ER_UNKNOWN_COM_ERROR",
    ]),
    duplicate: new Set(["ER_DUP_ENTRY"]),
    missingTable: new Set(["ER_NO_SUCH_TABLE"]),
    forbidden: new Set(["ER_TABLEACCESS_DENIED_ERROR", "ER_DBACCESS_DENIED_ERROR", "ER_SPECIFIC_ACCESS_DENIED_ERROR"]),
  },
};
