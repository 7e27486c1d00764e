import type { ISearchOptions, SearchAddon } from "@xterm/addon-search";
import type { Terminal } from "@xterm/xterm";
import { loadSearch } from "./addons.ts";
import type { MatchColors } from "./colors.ts";
import type { FindOptions, FindResult } from "./options.ts";

/** Searches a terminal, scrollback included. */
export class Finder {
  readonly #terminal: Terminal;
  #addon: SearchAddon | undefined;
  #lastOptions = "";
  /** The search whose matches are marked. */
  #marked: { readonly text: string; readonly search: ISearchOptions } | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /**
   * Selects the next match, scrolls to it and marks the others.
   *
   * @param removed - aborted when the terminal is removed
   */
  async find(
    text: string,
    options: FindOptions,
    colors: MatchColors,
    removed: AbortSignal,
  ): Promise<FindResult | undefined> {
    if (options.regex) checkRegex(text);
    const Search = await loadSearch();
    if (removed.aborted) return undefined;
    if (!this.#addon) {
      this.#addon = new Search();
      this.#terminal.loadAddon(this.#addon);
    }
    const { backwards = false, incremental = false, ...how } = options;
    let result: FindResult = { index: -1, count: 0 };
    const counted = this.#addon.onDidChangeResults(({ resultIndex, resultCount }) => {
      result = { index: resultIndex, count: resultCount };
    });
    const search = { ...how, decorations: colors };
    // The addon restarts, and begins at the selection, only if the text has changed.
    const key = JSON.stringify([how.regex, how.caseSensitive, how.wholeWord]);
    if (incremental || key !== this.#lastOptions) this.#addon.clearDecorations();
    this.#lastOptions = key;
    this.#marked = { text, search };
    const found = backwards ? this.#addon.findPrevious(text, search) : this.#addon.findNext(text, search);
    counted.dispose();
    return found ? result : undefined;
  }

  /** Marks the same matches in other colors, after a change of the theme. */
  recolor(colors: MatchColors): void {
    if (!this.#addon || !this.#marked?.text) return;
    const { text, search } = this.#marked;
    if (search.decorations?.matchBackground === colors.matchBackground) return;
    const { viewportY } = this.#terminal.buffer.active;
    this.#marked = { text, search: { ...search, decorations: colors } };
    // As above: otherwise the addon keeps its marks.
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
