/** How many letters may be wrong, of a name that is this long; without its group, a longer one. */
const MAX_WRONG = 2;
const MIN_LENGTH = 5;
/** No name is this long: comparing letters would take long. */
const MAX_LENGTH = 100;
const MIN_LENGTH_WITHOUT_GROUP = 8;

/**
 * The name that was probably meant: the same without its group, or with at most two wrong letters, whatever their case
 * and the underscores.
 *
 * @param prefix - what all names begin with.
 */
export function nearestName(name: string, known: readonly string[], prefix: string): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const wanted = plain(name.slice(prefix.length));
  const wrongLetters = (each: string): number => {
    const full = each.slice(prefix.length);
    const option = plain(full.slice(full.indexOf("_") + 1));
    if (option === wanted) return 0;
    if (wanted.length < MIN_LENGTH) return Infinity;
    const without = option.length < MIN_LENGTH_WITHOUT_GROUP ? Infinity : distance(option, wanted);
    return Math.min(distance(plain(full), wanted), without);
  };
  const [nearest] = known
    .map((each) => ({ each, wrong: wrongLetters(each) }))
    .filter(({ wrong }) => wrong <= MAX_WRONG)
    .toSorted((a, b) => a.wrong - b.wrong);
  return nearest?.each;
}

function plain(name: string): string {
  return name.toUpperCase().replaceAll("_", "");
}

/** How many letters have to be inserted, removed or replaced (Levenshtein). */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of a.split("").entries()) {
    const line = [row + 1];
    for (const [column, other] of b.split("").entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      line.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}
