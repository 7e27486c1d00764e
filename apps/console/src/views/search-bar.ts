import type { FindOptions, FindResult } from "@curfew/client/serial";
import { fill } from "@curfew/client/messages";
import { words } from "../words/words.ts";
import { toolButton } from "./buttons.ts";
import { element, setText } from "./element.ts";
import { icon, type IconName } from "./icons.ts";

/** Finds text; an empty one takes the marks away. */
export type Find = (text: string, options: FindOptions) => Promise<FindResult | null>;

/**
 * A row that searches the terminal while one types. Enter goes to the next match, Shift + Enter to
 * the one before, Escape calls `onClose`.
 */
export function createSearchBar(find: Find, onClose: () => void): HTMLElement {
  const { search, sdk } = words();
  const input = element("input", {
    type: "search",
    "aria-label": search.label,
    placeholder: search.label,
    spellcheck: "false",
  });
  const result = element("output", { class: "search-result" });
  const toggles: Record<"caseSensitive" | "wholeWord" | "regex", HTMLButtonElement> = {
    caseSensitive: toggle(search.matchCase, "case-sensitive"),
    wholeWord: toggle(search.wholeWord, "whole-word"),
    regex: toggle(search.regex, "regex"),
  };
  let asked = 0;

  const go = async (direction: Pick<FindOptions, "backwards" | "incremental">): Promise<void> => {
    asked += 1;
    const mine = asked;
    const on = (name: keyof typeof toggles): boolean => toggles[name].getAttribute("aria-pressed") === "true";
    const how = { caseSensitive: on("caseSensitive"), wholeWord: on("wholeWord"), regex: on("regex") };
    const text = await outcome(find, input.value, { ...direction, ...how });
    // A later key has asked something else meanwhile.
    if (mine === asked) setText(result, text);
  };
  const goOn = (): void => void go({ incremental: true });
  for (const button of Object.values(toggles)) button.addEventListener("click", goOn);
  input.addEventListener("input", goOn);
  const row = element(
    "search",
    { class: "tray-row" },
    icon("search"),
    input,
    result,
    ...Object.values(toggles),
    toolButton(search.previous, () => void go({ backwards: true }), { icon: "chevron-up" }),
    toolButton(search.next, () => void go({}), { icon: "chevron-down" }),
    toolButton(sdk.actions.close, onClose, { icon: "x" }),
  );
  row.addEventListener("keydown", (event) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter" && event.target === input) void go({ backwards: event.shiftKey });
  });
  return row;
}

async function outcome(find: Find, text: string, options: FindOptions): Promise<string> {
  const { search } = words();
  try {
    const found = await find(text, options);
    if (text === "") return "";
    if (found === null) return search.none;
    return fill(search.count, { index: found.index < 0 ? "…" : found.index + 1, count: found.count });
  } catch (error) {
    return error instanceof RangeError ? search.badRegex : search.failed;
  }
}

function toggle(label: string, name: IconName): HTMLButtonElement {
  const button = toolButton(
    label,
    () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    },
    { icon: name },
  );
  button.setAttribute("aria-pressed", "false");
  return button;
}
