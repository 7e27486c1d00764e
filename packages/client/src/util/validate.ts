/**
 * Returns `value` if it is one of `allowed`.
 *
 * @param name - the option's name, for the error message
 * @throws RangeError that names the option, the allowed values and the value.
 */
export function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  const quoted = allowed.map((text) => JSON.stringify(text));
  const expected = `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  throw new RangeError(`${name}: expected ${expected}, got ${JSON.stringify(value)}`);
}

/**
 * Returns `value` if it is a number of milliseconds, 0 or more.
 *
 * @param name - the option's name, for the error message
 * @throws RangeError that names the option, what was expected and the value.
 */
export function milliseconds(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new RangeError(`${name}: expected milliseconds from 0, got ${String(value)}`);
}
