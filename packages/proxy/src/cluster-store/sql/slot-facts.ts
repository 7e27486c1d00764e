import type { Row } from "../../database/driver.ts";
import type { KnownLease, LeaseEntry, LeaseHolder, NamedLease, SlotRules } from "../session.ts";
import type { SqlContext } from "./context.ts";
import { keyOf, nameOf } from "./lease-rows.ts";
import type { Statements } from "./lane.ts";

/** What counts for a machine or a user. */
export interface GroupFacts {
  /** How many count. */
  readonly count: number;
  /** The oldest of them: one that leaves already may be among two. */
  readonly oldest: readonly NamedLease[];
}

/** What a decision about a slot depends on. It is read as far as there are limits. */
export interface SlotFacts {
  /** Whether the gateway is entered with its fence. */
  readonly isEntered: boolean;
  /** Whether the lease is there already. */
  readonly isThere: boolean;
  /** How many count for the client and the token. */
  readonly ofClient: number;
  readonly ofToken: number;
  readonly instance: GroupFacts;
  readonly user: GroupFacts;
  /** Those of the same machine or user that are leaving. */
  readonly leaving: readonly NamedLease[];
}

/** Reads with two questions, while the lock of the leases is held. */
export async function readSlotFacts(
  statements: Statements,
  context: SqlContext,
  asked: { readonly holder: LeaseHolder; readonly lease: LeaseEntry; readonly most: SlotRules["most"] },
): Promise<SlotFacts> {
  const counts = await readCounts(statements, context, asked);
  const groups = await readGroups(statements, context, asked.lease.known);
  const of = (part: string): readonly NamedLease[] =>
    groups.filter((row) => row["part"] === part).map((row) => ({ name: nameOf(row), known: parseKnown(row) }));
  return {
    isEntered: Number(counts["entered"]) > 0,
    isThere: Number(counts["there"]) > 0,
    ofClient: Number(counts["of_client"]),
    ofToken: Number(counts["of_token"]),
    instance: { count: Number(counts["of_instance"]), oldest: of("instance") },
    user: { count: Number(counts["of_user"]), oldest: of("user") },
    leaving: [...new Map(of("leaving").map((lease) => [lease.name, lease])).values()],
  };
}

async function readCounts(
  statements: Statements,
  { tables }: SqlContext,
  { holder, lease, most }: Parameters<typeof readSlotFacts>[2],
): Promise<Row> {
  const { group, token, instance, user } = lease.known;
  const counted = [
    ["client", group, most.max_per_client],
    ["token", token, most.max_per_token],
    ["instance", instance, most.max_per_instance],
    ["user", user, most.max_per_user],
  ] as const;
  const values: string[] = [holder.id, holder.fence, holder.id, lease.id];
  const columns = counted.map(([name, value, limit]) => {
    if (value === undefined || limit === Infinity) return `0 AS of_${name}`;
    values.push(keyOf(value));
    return `(SELECT COUNT(*) FROM ${tables.leases} WHERE ${name}_key = ? AND leaving_since IS NULL) AS of_${name}`;
  });
  const [row] = await statements.query(
    `SELECT (SELECT COUNT(*) FROM ${tables.gateways} WHERE id = ? AND fence = ?) AS entered, ` +
      `(SELECT COUNT(*) FROM ${tables.leases} WHERE gateway = ? AND id = ?) AS there, ${columns.join(", ")}`,
    values,
  );
  return Object(row) as Row;
}

/** The two oldest that count, and those that are leaving, of the same machine and the same user. */
async function readGroups(
  statements: Statements,
  { tables }: SqlContext,
  { instance, user }: KnownLease,
): Promise<readonly Row[]> {
  const groups = [
    ["instance", instance],
    ["user", user],
  ] as const;
  const values: string[] = [];
  const parts = groups.flatMap(([name, value]) => {
    if (value === undefined) return [];
    values.push(keyOf(value), keyOf(value));
    const from = `gateway, id, place, known FROM ${tables.leases} WHERE ${name}_key = ? AND leaving_since IS`;
    return [
      `(SELECT '${name}' AS part, ${from} NULL ORDER BY place, gateway, id LIMIT 2)`,
      `(SELECT 'leaving' AS part, ${from} NOT NULL)`,
    ];
  });
  if (parts.length === 0) return [];
  const rows = await statements.query(parts.join(" UNION ALL "), values);
  return rows.toSorted((a, b) => Number(a["place"]) - Number(b["place"]));
}

function parseKnown({ known }: Row): KnownLease {
  return JSON.parse(String(known)) as KnownLease;
}
