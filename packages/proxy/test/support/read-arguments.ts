/** Reads the arguments of a program for developers. With `--help`, or when they are wrong, the process ends. */
export function readArguments<T>(usage: string, read: () => T): T {
  if (process.argv.includes("--help")) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

/** @throws Error when one of these names is not known. */
export function expectKnown(option: string, given: readonly string[] = [], known: readonly string[]): void {
  const wrong = given.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new Error(`${option}: expected one of ${known.join(", ")}, but got ${wrong}`);
}

/** @throws Error when it is no number above 0. */
export function positive(option: string, given: string): number {
  const number = Number(given);
  if (!(number > 0 && number < Infinity)) throw new Error(`${option}: expected a number above 0, but got ${given}`);
  return number;
}
