import { InvalidArgumentError } from "commander";
import { parseAddress } from "../config/address.ts";

/** A number of seconds above 0, as a command-line argument. */
export function seconds(value: string): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError("expected a number of seconds above 0");
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
