/** The change from one text to another: characters erased at its end, then characters typed. */
export interface TypedDifference {
  readonly erased: number;
  readonly typed: string;
}

/** How `before` became `after`, counted in Unicode code points. */
export function typedDifference(before: string, after: string): TypedDifference {
  const old = Array.from(before);
  const now = Array.from(after);
  let same = 0;
  while (same < old.length && old[same] === now[same]) same += 1;
  return { erased: old.length - same, typed: now.slice(same).join("") };
}
