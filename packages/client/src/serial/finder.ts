import type { ISearchOptions, SearchAddon } from "@xterm/addon-search";
import type { Terminal } from "@xterm/xterm";
import { loadSearch } from "./addons.ts";
import type { MatchColours } from "./colours.ts";
import type { FindOptions, FindResult } from "./options.ts";

/** Searches a terminal, scrollback included. */
export class Finder {
  readonly #terminal: Terminal;
  #addon: SearchAddon | null = null;
  #lastOptions = "";
  /** What is marked. */
  #marked: { readonly text: string; readonly search: ISearchOptions } | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Selects the next match, scrolls to it and marks the others. `gone` tells that the terminal is. */
  async find(text: string, options: FindOptions, colours: MatchColours, gone: AbortSignal): Promise<FindResult | null> {
    if (options.regex) checkRegex(text);
    const Search = await loadSearch();
    if (gone.aborted) return null;
    if (!this.#addon) {
      this.#addon = new Search();
      this.#terminal.loadAddon(this.#addon);
    }
    const { backwards = false, incremental = false, ...how } = options;
    let result: FindResult = { index: -1, count: 0 };
    const counted = this.#addon.onDidChangeResults(({ resultIndex, resultCount }) => {
      result = { index: resultIndex, count: resultCount };
    });
    const search = { ...how, decorations: colours };
    // The addon counts anew, and begins at the selection, only for another text than it remembers.
    const key = JSON.stringify([how.regex, how.caseSensitive, how.wholeWord]);
    if (incremental || key !== this.#lastOptions) this.#addon.clearDecorations();
    this.#lastOptions = key;
    this.#marked = { text, search };
    const found = backwards ? this.#addon.findPrevious(text, search) : this.#addon.findNext(text, search);
    counted.dispose();
    return found ? result : null;
  }

  /** Marks the same matches in other colours, as after a change of the theme. */
  recolour(colours: MatchColours): void {
    if (this.#addon === null || this.#marked === null || this.#marked.text === "") return;
    const { text, search } = this.#marked;
    if (search.decorations?.matchBackground === colours.matchBackground) return;
    const { viewportY } = this.#terminal.buffer.active;
    this.#marked = { text, search: { ...search, decorations: colours } };
    // As above: otherwise the addon leaves the marks as they are.
    this.#addon.clearDecorations();
    this.#addon.findNext(text, this.#marked.search);
    this.#terminal.scrollToLine(viewportY);
  }
}

function checkRegex(text: string): void {
  try {
    void new RegExp(text);
  } catch (cause) {
    throw new RangeError(`find: expected a regular expression, got ${JSON.stringify(text)}`, { cause });
  }
}
