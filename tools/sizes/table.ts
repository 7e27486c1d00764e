/** One row of size-limit's report. */
export interface MeasuredSize {
  readonly name: string;
  /** Whether it is within the limit. */
  readonly passed: boolean;
  /** Bytes, gzipped. */
  readonly size: number;
  /** Bytes. */
  readonly sizeLimit: number;
}

const BEGIN = "<!-- Written by `npx pnpm@12 size`. -->";
const END = "<!-- End of what `npx pnpm@12 size` writes. -->";

/**
 * The document with the sizes in its table, in place of those that it has.
 * @throws Error when the document has no place for the table.
 */
export function withSizes(document: string, sizes: readonly MeasuredSize[]): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`expected a place for sizes: ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n\n${formatTable(sizes)}\n\n${END}${after}`;
}

/** A table as the formatter has it. */
function formatTable(sizes: readonly MeasuredSize[]): string {
  const rows = sizes.map(({ name, size, sizeLimit }) => [named(name), kilobytes(size), kilobytes(sizeLimit)]);
  const all = [["what", "gzip", "limit"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

/** The entry point at the beginning of a name as code. */
function named(name: string): string {
  return name.replace(/^[^,]+/u, (entry) => `\`${entry}\``);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}
