/** How a column is written. */
export type ColumnType =
  /** Text of up to 128 ASCII characters, compared byte by byte. */
  | "key"
  /** Text of any length. */
  | "text"
  /** A whole number of up to 53 bits. */
  | "number"
  /** The same, which the database counts up with each row. */
  | "serial";

/** A table of the cluster. */
export interface Table {
  readonly name: TableName;
  readonly columns: readonly (readonly [name: string, type: ColumnType, isNullable?: "nullable"])[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly (readonly string[])[];
}

/** The version of {@link TABLES}. */
export const SCHEMA_VERSION = 1;

/** What is counted, each in a row that is also a lock. */
export const COUNTERS = ["log", "leases", "uses", "first_uses"] as const;

/** The name of a counter. */
export type CounterName = (typeof COUNTERS)[number];

/** The name of a table behind the cluster's prefix. */
export type TableName =
  | "counters"
  | "tokens"
  | "uses"
  | "first_uses"
  | "locks"
  | "log"
  | "gateways"
  | "leases"
  | "messages";

/** All tables. Instants are in milliseconds since the epoch. */
export const TABLES: readonly Table[] = [
  {
    name: "counters",
    columns: [
      ["name", "key"],
      ["number", "number"],
      ["version", "number"],
    ],
    primaryKey: ["name"],
    indexes: [],
  },
  {
    name: "tokens",
    columns: [
      ["id", "key"],
      ["record", "text"],
      ["created_at", "number"],
      ["expires_at", "number"],
      ["kept_until", "number"],
      ["revoked_at", "number", "nullable"],
    ],
    primaryKey: ["id"],
    indexes: [["created_at", "id"], ["expires_at"], ["kept_until"]],
  },
  {
    name: "uses",
    columns: [
      ["id", "key"],
      ["kept_until", "number"],
    ],
    primaryKey: ["id"],
    indexes: [["kept_until"]],
  },
  {
    name: "first_uses",
    columns: [
      ["id", "key"],
      ["first_at", "number"],
      ["last_at", "number"],
    ],
    primaryKey: ["id"],
    indexes: [["last_at"]],
  },
  {
    name: "locks",
    columns: [
      ["id", "key"],
      ["version", "number"],
      ["json", "text"],
    ],
    primaryKey: ["id"],
    indexes: [],
  },
  {
    name: "log",
    columns: [
      ["number", "number"],
      ["kind", "key"],
      ["id", "key"],
    ],
    primaryKey: ["number"],
    indexes: [],
  },
  {
    name: "gateways",
    columns: [
      ["id", "key"],
      ["fence", "key"],
      ["seen", "text"],
      ["lease_until", "number"],
    ],
    primaryKey: ["id"],
    indexes: [["lease_until"]],
  },
  {
    // The keys are digests: what they stand for may be long, and is to be compared byte by byte.
    name: "leases",
    columns: [
      ["gateway", "key"],
      ["id", "key"],
      ["place", "number"],
      ["known", "text"],
      ["client_key", "key"],
      ["token_key", "key"],
      ["instance_key", "key", "nullable"],
      ["user_key", "key", "nullable"],
      ["leaving_since", "number", "nullable"],
    ],
    primaryKey: ["gateway", "id"],
    indexes: [["client_key"], ["token_key"], ["instance_key", "place"], ["user_key", "place"], ["leaving_since"]],
  },
  {
    name: "messages",
    columns: [
      ["number", "serial"],
      ["gateway", "key"],
      ["body", "text"],
      ["sent_at", "number"],
    ],
    primaryKey: ["number"],
    indexes: [["gateway", "number"], ["sent_at"]],
  },
];
