/** Enough for every name that a person reads; servers may send megabytes. */
const MAX_GRAPHEMES = 120;
/** A grapheme may have any number of combining marks: so many UTF-16 units of text for each that may be shown. */
const UNITS = 8;

/**
 * A name that a machine or a server gave itself, made safe to show: without control characters and those
 * that change the direction of the text around them (Unicode bidirectional formatting), without line
 * breaks and surrounding spaces, and not longer than 120 characters as people see them.
 *
 * @param maxGraphemes - another length, for what is not a name
 */
export function cleanName(name: string, maxGraphemes: number = MAX_GRAPHEMES): string {
  const maxUnits = maxGraphemes * UNITS;
  const shown = name
    .slice(0, maxUnits * 4)
    .replaceAll(/\s+/gu, " ")
    // Cc: controls; bidirectional marks, embeddings, overrides and isolates; BOM; lone surrogates.
    .replaceAll(/[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, "")
    .trim();
  const parts: string[] = [];
  let units = 0;
  for (const { segment } of new Intl.Segmenter().segment(shown)) {
    units += segment.length;
    if (parts.length === maxGraphemes || units > maxUnits) return `${parts.join("").trimEnd()}…`;
    parts.push(segment);
  }
  return shown;
}
