import { EndError } from "../../end-reason.ts";
import type { ConsoleType, Grant, GrantRevalidation } from "../grant.ts";
import type { Row } from "../../database/driver.ts";
import type { NovaCell, NovaConsole } from "./options.ts";

/** The types of consoles that a gateway can open, by Nova's names. */
const CONSOLE_TYPES: Readonly<Record<string, ConsoleType>> = {
  novnc: "vnc",
  serial: "serial",
  "spice-html5": "spice",
};

/** What the columns of `instances` are called in a result, so that none hides one of `console_auth_tokens`. */
export const INSTANCE_PREFIX = "instance__";

/**
 * Reads a row of `console_auth_tokens` by the names of its columns: `tls_port` came with 2025.1.
 *
 * @throws Error that names a column with a value that Nova does not write.
 */
export function readConsole(row: Row, cell: NovaCell): NovaConsole {
  const instance = Object.entries(row)
    .filter(([column]) => column.startsWith(INSTANCE_PREFIX))
    .map(([column, value]) => [column.slice(INSTANCE_PREFIX.length), value]);
  return {
    cell,
    consoleType: text(row, "console_type"),
    host: text(row, "host"),
    port: integer(row, "port"),
    tlsPort: isAbsent(row, "tls_port") ? undefined : integer(row, "tls_port"),
    internalAccessPath: optionalText(row, "internal_access_path"),
    accessUrlBase: optionalText(row, "access_url_base"),
    instanceUuid: text(row, "instance_uuid"),
    expires: integer(row, "expires"),
    instance: Object.fromEntries(instance) as Row,
  };
}

/** Whether the instance of a console exists and is not deleted. */
export function instanceExists({ instance }: NovaConsole): boolean {
  return typeof instance["uuid"] === "string";
}

/**
 * The grant of a console.
 *
 * @param tokenHash - SHA-256 of the token, in hex.
 * @throws EndError `forbidden` for a console of a type that cannot be opened here.
 */
export function toGrant(console: NovaConsole, tokenHash: string, revalidation: GrantRevalidation): Grant {
  const { consoleType, host, port, tlsPort, internalAccessPath, accessUrlBase, instance } = console;
  const type = Object.hasOwn(CONSOLE_TYPES, consoleType) ? CONSOLE_TYPES[consoleType] : undefined;
  if (type === undefined) {
    const name = JSON.stringify(consoleType.slice(0, 32));
    throw new EndError("forbidden", `this gateway has no consoles of the type ${name}`);
  }
  const { display_name: name } = instance;
  return {
    // Names the row in the database, and is of no use as a token.
    tokenId: tokenHash,
    type,
    endpoint: { type: "tcp", host, port },
    instance: console.instanceUuid,
    name: typeof name === "string" && name !== "" ? name : undefined,
    user: undefined,
    access: "control",
    expiresAt: console.expires * 1000,
    internalAccessPath,
    tlsPort,
    // Nova refuses pages where it does not know the scheme of the console's URL.
    accessUrlBase: accessUrlBase ?? "",
    revalidation,
  };
}

function isAbsent(row: Row, column: string): boolean {
  return (row[column] ?? undefined) === undefined;
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`console_auth_tokens.${column}: expected text`);
}

function optionalText(row: Row, column: string): string | undefined {
  return isAbsent(row, column) || row[column] === "" ? undefined : text(row, column);
}

function integer(row: Row, column: string): number {
  const value = row[column];
  // Large ones are text. Dates and truth values are numbers to JavaScript, too.
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw new Error(`console_auth_tokens.${column}: expected a whole number`);
}
