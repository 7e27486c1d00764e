import { isIP } from "node:net";
import { parseInteger, strip } from "./python-text.ts";

/**
 * What a value is read as.
 *
 * @returns undefined for a number that is empty, as oslo.config gives None.
 * @throws TypeError with what was expected; it does not quote the value, which may be secret.
 */
export type ValueType<T> = (text: string) => T | undefined;

/** `cfg.StrOpt`. */
export function text(value: string): string {
  return value;
}

/** `cfg.StrOpt` with `choices`. */
export function choice<const C extends string>(...choices: readonly C[]): ValueType<C> {
  return (value) => {
    const found = choices.find((each) => each === value);
    if (found === undefined) throw new TypeError(`expected one of ${choices.join(", ")}`);
    return found;
  };
}

/** `cfg.BoolOpt`. */
export function boolean(value: string): boolean {
  const lower = value.toLowerCase();
  if (["true", "1", "on", "yes"].includes(lower)) return true;
  if (["false", "0", "off", "no"].includes(lower)) return false;
  throw new TypeError("expected true, yes, on or 1, or false, no, off or 0");
}

/** `cfg.IntOpt`. */
export function integer({
  min = -Infinity,
  max = Infinity,
}: { readonly min?: number; readonly max?: number } = {}): ValueType<number> {
  const range = [min > -Infinity ? ` of ${min} or more` : "", max < Infinity ? `, at most ${max}` : ""].join("");
  return (value) => {
    if (strip(value) === "") return undefined;
    const number = parseInteger(value);
    if (number === undefined || number < min || number > max) throw new TypeError(`expected a whole number${range}`);
    return number;
  };
}

/** `cfg.PortOpt`. */
export const port: ValueType<number> = integer({ min: 0, max: 65_535 });

/** `cfg.ListOpt`: commas separate the items; those at the end of the text separate nothing. */
export function list<T>(item: ValueType<T>): ValueType<readonly T[]> {
  return (value) => {
    const inner = strip(value).replace(/,+$/, "");
    return inner === "" ? [] : inner.split(",").map((each) => item(strip(each)) as T);
  };
}

/** `cfg.HostAddressOpt`: an IP address without a zone, or a host name (RFC 1912). */
export function hostAddress(value: string): string {
  if (isIP(value) !== 0 && !value.includes("%")) return value;
  const name = value.replace(/\.$/, "");
  const labels = name.split(".");
  const isName = labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i.test(label));
  if (value.length > 253 || !isName || !/[a-z-]/i.test(labels.at(-1) ?? "")) {
    throw new TypeError("expected an IP address or a host name");
  }
  return name;
}
