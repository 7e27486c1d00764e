import { InvalidArgumentError } from "commander";
import { KEY_NAME, type Right, RIGHTS } from "../admin/keys.ts";
import { parseAddress } from "../net/address.ts";
import { parseEndpoint } from "../net/endpoint.ts";
import { MAX_LIFETIME_SECONDS } from "../tokens/store.ts";

/** A lifetime in seconds, as a command-line argument. */
export function seconds(value: string): number {
  const number = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : NaN;
  if (!(number > 0 && number <= MAX_LIFETIME_SECONDS)) {
    throw new InvalidArgumentError(
      `expected a number of seconds above 0 and up to ${MAX_LIFETIME_SECONDS} (100 years)`,
    );
  }
  return number;
}

/** `host:port` as a command-line argument; stays text. */
export function address(value: string): string {
  try {
    parseAddress(value);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  return value;
}

/** `host:port`, `tls://host:port` or `unix:/path` as a command-line argument; stays text. */
export function endpoint(value: string): string {
  try {
    parseEndpoint(value);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  return value;
}

/** A number of things, as a command-line argument. */
export function count(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError("expected a whole number of 1 or more");
  return Number(value);
}

/** The name of a key's holder, as a command-line argument. */
export function keyName(value: string): string {
  if (!KEY_NAME.test(value)) throw new InvalidArgumentError("expected 1 to 64 letters, digits or any of . _ @ -");
  return value;
}

/** Rights of a key, as a command-line argument. */
export function rights(value: string): readonly Right[] {
  return value.split(",").map((each) => {
    const right = RIGHTS.find((known) => known === each.trim());
    if (right === undefined) throw new InvalidArgumentError(`expected some of ${RIGHTS.join(",")}`);
    return right;
  });
}

/** A unit of an age, in milliseconds. */
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A date or a time of ISO 8601, with the time zone as far as it has one. */
const ISO_TIME = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

/** A time of ISO 8601 (UTC unless it says otherwise), or an age such as `24h`; in milliseconds since the epoch. */
export function time(value: string): number {
  const [, amount, unit = ""] = /^(\d{1,9})([smhd])$/.exec(value) ?? [];
  if (amount !== undefined) return Date.now() - Number(amount) * (UNITS[unit] ?? 0);
  const [, date, clock = "T00:00", zone = "Z"] = ISO_TIME.exec(value) ?? [];
  const parsed = date === undefined ? NaN : Date.parse(date + clock + zone);
  if (Number.isNaN(parsed) || !isDay(date)) {
    throw new InvalidArgumentError("expected a time such as 2026-11-01 or 2026-11-01T18:00:00Z, or an age such as 24h");
  }
  return parsed;
}

/** Whether a month has such a day: February 30 would be taken for a day of March. */
function isDay(date = ""): boolean {
  return new Date(date).toISOString().startsWith(date);
}
