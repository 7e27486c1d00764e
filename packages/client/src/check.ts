/**
 * Hands `value` back if it is one of `allowed`.
 *
 * @throws RangeError that names the option, what was expected, and the value.
 */
export function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  const words = allowed.map((word) => JSON.stringify(word));
  const expected = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  throw new RangeError(`${name}: expected ${expected}, got ${JSON.stringify(value)}`);
}

/**
 * Hands `value` back if it is a number of milliseconds.
 *
 * @throws RangeError that names the option, what was expected, and the value.
 */
export function milliseconds(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new RangeError(`${name}: expected milliseconds from 0, got ${String(value)}`);
}
