import { splitLines, strip, stripEnd, stripStart } from "./python-text.ts";

/** One `name = value` of a file. */
export interface Assignment {
  /** As {@link normalizeGroup} returns it. */
  readonly group: string;
  readonly name: string;
  /** The lines of the value, joined by line feeds. */
  readonly value: string;
  readonly file: string;
  /** The line that the name is in, from 1. */
  readonly line: number;
}

/** A file that cannot be used; the message names the file and the line. */
export class ConfFileError extends Error {
  override readonly name = "ConfFileError";
}

/** Sections are the same in upper and lower case, except for `DEFAULT`. */
export function normalizeGroup(name: string): string {
  return name === "DEFAULT" ? name : name.toLowerCase();
}

/**
 * Parses a file as oslo.config does (`oslo_config/iniparser.py`): an indented line continues the value above it, an
 * empty line or a comment ends the value, and comments are whole lines.
 *
 * @returns the assignments in the order of the file.
 * @throws ConfFileError naming the file, the line and what was expected. It does not quote the line, which may hold a
 * password.
 */
export function parseIniFile(text: string, file: string): readonly Assignment[] {
  const parser = new Parser(file);
  for (const line of splitLines(text)) parser.read(stripEnd(line));
  return parser.finish();
}

class Parser {
  readonly #file: string;
  readonly #assignments: Assignment[] = [];
  #line = 0;
  #group: string | undefined;
  /** The assignment that indented lines may continue. */
  #open: { readonly name: string; readonly lines: string[]; readonly line: number } | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** @param line - without the white space at its end. */
  read(line: string): void {
    this.#line += 1;
    if (line === "") return this.#close();
    if (/^[ \t]/.test(line)) {
      if (this.#open === undefined) throw this.#error("expected an assignment above this indented line");
      this.#open.lines.push(stripStart(line));
      return;
    }
    this.#close();
    if (line.startsWith("[")) this.#group = this.#readGroup(line);
    else if (!/^[#;]/.test(line)) this.#open = this.#readAssignment(line);
  }

  finish(): readonly Assignment[] {
    this.#close();
    return this.#assignments;
  }

  #readGroup(line: string): string {
    if (!line.endsWith("]")) throw this.#error('expected "]" at the end of the section\'s line');
    if (line.length <= 2) throw this.#error("expected the name of a section between the brackets");
    return normalizeGroup(line.slice(1, -1));
  }

  #readAssignment(line: string): { name: string; lines: string[]; line: number } {
    if (this.#line === 1 && line.startsWith("\u{FEFF}")) throw this.#error("expected no byte order mark");
    const separator = line.search(/[:=]/);
    if (separator < 0) throw this.#error('expected "name = value", "[section]" or a comment');
    const name = strip(line.slice(0, separator));
    if (name === "") throw this.#error('expected a name before the "="');
    return { name, lines: [unquoted(strip(line.slice(separator + 1)))], line: this.#line };
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { name, lines, line } = this.#open;
    this.#open = undefined;
    if (this.#group === undefined) throw this.#error("expected a section, such as [DEFAULT], before it", line);
    this.#assignments.push({ group: this.#group, name, value: lines.join("\n"), file: this.#file, line });
  }

  #error(expected: string, line = this.#line): ConfFileError {
    return new ConfFileError(`${this.#file}:${line}: ${expected}`);
  }
}

/** A single quote character is both the first and the last one, and leaves nothing. */
function unquoted(value: string): string {
  return /^["']/.test(value) && value.at(0) === value.at(-1) ? value.slice(1, -1) : value;
}
