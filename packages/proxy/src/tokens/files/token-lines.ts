import type { Endpoint } from "../../net/endpoint.ts";
import { Slices } from "../../time/slices.ts";
import { parseTarget } from "../target-text.ts";
import { WatchedFile } from "./watched-file.ts";

/** The longest file of tokens, in bytes. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** How many broken lines of one file are named. */
const MAX_NAMED = 10;

/** What a file of tokens holds. */
export interface TokenLines {
  readonly targets: ReadonlyMap<string, Endpoint>;
  /** The lines that cannot be read, by number and with what was expected; they name no token. */
  readonly problems: readonly string[];
}

/**
 * The lines of a file.
 *
 * @param report - called with each broken line, once for each version of the file.
 */
export function watchTokenLines(path: string, report: (problem: string) => void): WatchedFile<TokenLines> {
  const parse = async (text: string): Promise<TokenLines> => {
    const lines = await parseTokenLines(text);
    for (const problem of lines.problems) report(`${path}: ${problem}`);
    return lines;
  };
  return new WatchedFile({ path, maxBytes: MAX_FILE_BYTES, parse });
}

/** Of this process. The longest file takes seconds. */
const slices = new Slices();

/**
 * Reads lines in websockify's format, `token: host:port`. Empty lines and those that begin with `#` are skipped; of two
 * lines with one token the last counts.
 */
export async function parseTokenLines(text: string): Promise<TokenLines> {
  const targets = new Map<string, Endpoint>();
  const problems: string[] = [];
  let broken = 0;
  let number = 0;
  for (const line of linesOf(text)) {
    if (slices.isOver) await slices.next();
    number += 1;
    if (line.trim() === "" || line.startsWith("#")) continue;
    try {
      const [token, target] = splitLine(line);
      targets.set(token, target);
    } catch (error) {
      broken += 1;
      if (broken <= MAX_NAMED) problems.push(`line ${number}: ${(error as Error).message}`);
    }
  }
  if (broken > MAX_NAMED) problems.push(`${broken - MAX_NAMED} more lines cannot be read`);
  return { targets, problems };
}

/** One after the other: all at once would take as long as several slices. */
function* linesOf(text: string): Generator<string, void, undefined> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    yield text.slice(start, end);
    start = end + 1;
  }
}

/** @throws Error saying what was expected; it does not quote the line, which may have a token at any place. */
function splitLine(line: string): [string, Endpoint] {
  // As websockify splits it: a token may contain a colon, but not one before a space.
  const [token, target, ...more] = line.trimEnd().split(/:\s/);
  if (token === undefined || token === "" || target === undefined || more.length > 0) {
    throw new Error("expected `token: host:port`");
  }
  try {
    return [token, parseTarget(target.trim())];
  } catch {
    throw new Error("expected host:port after the token");
  }
}
