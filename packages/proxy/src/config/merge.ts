/** A group of options as written, before it is checked. */
export type Written = Readonly<Record<string, unknown>>;

/** Merges groups at any depth. Everything else, lists included, is replaced; `undefined` replaces nothing. */
export function merge(base: Written, over: Written): Written {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const current = result[name];
    result[name] = isGroup(current) && isGroup(value) ? merge(current, value) : value;
  }
  return result;
}

/** A group that has only this value, under a dotted path. */
export function nest(path: string, value: unknown): Written {
  return path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Written;
}

export function isGroup(value: unknown): value is Written {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
