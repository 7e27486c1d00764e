import { SecretFile } from "./secret-file.ts";

/** A group of options as written, before it is checked. */
export type Written = Readonly<Record<string, unknown>>;

/**
 * Merges groups at any depth. Everything else, lists included, is replaced; `undefined` replaces nothing. A value where
 * a group belongs stays, so that the check of the result reports it.
 */
export function merge(base: Written, over: Written): Written {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const current = result[name];
    if (!isGroup(value)) result[name] = value;
    else if (isGroup(current)) result[name] = merge(current, value);
    else result[name] = current ?? value;
  }
  return result;
}

/** A group that has only this value, under a dotted path. */
export function nest(path: string, value: unknown): Written {
  return path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Written;
}

export function isGroup(value: unknown): value is Written {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof SecretFile);
}

/** The value at a dotted path; undefined where there is none. */
export function valueAt(group: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, name) => (isGroup(inner) ? inner[name] : undefined), group);
}
