import { format } from "../../locales/format.ts";
import { createElement, setText } from "../../ui/dom.ts";
import type { FindOptions, FindResult } from "../../views/serial/options.ts";
import type { ToolbarTexts } from "../locales/types.ts";
import type { KeyRowContext } from "../tools/tool-context.ts";
import { toolButton } from "./buttons.ts";

/** Finds text. An empty text removes the marks. Null where nothing was found. */
export type Find = (text: string, options: FindOptions) => Promise<FindResult | null>;

/**
 * A row that searches the terminal as the user types. Enter goes to the next match, Shift + Enter to the previous one,
 * and Escape calls `onClose`.
 */
export function createSearchBar(
  find: Find,
  onClose: () => void,
  { icon, texts: { search } }: Pick<KeyRowContext, "icon" | "texts">,
): HTMLElement {
  const input = createElement("input", {
    type: "search",
    "aria-label": search.label,
    placeholder: search.label,
    spellcheck: "false",
  });
  const result = createElement("output", { class: "search-result" });
  const toggles: Record<"caseSensitive" | "wholeWord" | "regex", HTMLButtonElement> = {
    caseSensitive: toggle(search.matchCase, icon("case-sensitive")),
    wholeWord: toggle(search.wholeWord, icon("whole-word")),
    regex: toggle(search.regex, icon("regex")),
  };
  let lastSearch = 0;

  const go = async (direction: Pick<FindOptions, "backwards" | "incremental">): Promise<void> => {
    lastSearch += 1;
    const thisSearch = lastSearch;
    const on = (name: keyof typeof toggles): boolean => toggles[name].getAttribute("aria-pressed") === "true";
    const how = { caseSensitive: on("caseSensitive"), wholeWord: on("wholeWord"), regex: on("regex") };
    const text = await outcome(find, input.value, { ...direction, ...how }, search);
    // A later search may have started in the meantime.
    if (thisSearch === lastSearch) setText(result, text);
  };
  const goOn = (): void => void go({ incremental: true });
  for (const button of Object.values(toggles)) button.addEventListener("click", goOn);
  input.addEventListener("input", goOn);
  const row = createElement(
    "search",
    { class: "tray-row" },
    icon("search"),
    input,
    result,
    ...Object.values(toggles),
    toolButton(search.previous, () => void go({ backwards: true }), { icon: icon("chevron-up") }),
    toolButton(search.next, () => void go({}), { icon: icon("chevron-down") }),
    toolButton(search.close, onClose, { icon: icon("x") }),
  );
  row.addEventListener("keydown", (event) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter" && event.target === input) void go({ backwards: event.shiftKey });
  });
  return row;
}

async function outcome(
  find: Find,
  text: string,
  options: FindOptions,
  search: ToolbarTexts["search"],
): Promise<string> {
  try {
    const found = await find(text, options);
    if (text === "") return "";
    if (found === null) return search.none;
    return format(search.count, { index: found.index < 0 ? "…" : found.index + 1, count: found.count });
  } catch (error) {
    return error instanceof RangeError ? search.badRegex : search.failed;
  }
}

function toggle(label: string, icon: Element): HTMLButtonElement {
  const button = toolButton(
    label,
    () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    },
    { icon },
  );
  button.setAttribute("aria-pressed", "false");
  return button;
}
