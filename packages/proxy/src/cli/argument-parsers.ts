import { InvalidArgumentError } from "commander";
import { parseAddress } from "../net/address.ts";
import { parseEndpoint } from "../net/endpoint.ts";
import { MAX_LIFETIME_SECONDS } from "../tokens/store.ts";

/** A lifetime in seconds, as a command-line argument. */
export function seconds(value: string): number {
  const number = value.trim() === "" ? NaN : Number(value);
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
