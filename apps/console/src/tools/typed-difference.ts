/** What happened to a text: so many characters were erased at its end, then others were typed. */
export interface TypedDifference {
  readonly erased: number;
  readonly typed: string;
}

/** How `before` became `after`, in characters as people count them, as far as Unicode's code points do. */
export function typedDifference(before: string, after: string): TypedDifference {
  const old = Array.from(before);
  const now = Array.from(after);
  let same = 0;
  while (same < old.length && old[same] === now[same]) same += 1;
  return { erased: old.length - same, typed: now.slice(same).join("") };
}
