import { format } from "../../locales/format.ts";
import type { TextWith } from "../../locales/types.ts";
import { createElement, setText } from "../../ui/dom.ts";
import { textButton } from "./buttons.ts";

/** A row that shows how far something is, with a button that stops it. */
export interface ProgressRow {
  readonly root: HTMLElement;
  /** @param fraction - from 0 to 1 */
  readonly update: (fraction: number) => void;
}

/**
 * @param name - what goes on, for screen readers
 * @param label - a text with the placeholder `percent`
 */
export function createProgressRow(
  name: string,
  label: TextWith<"percent">,
  stop: { readonly label: string; readonly onStop: () => void },
): ProgressRow {
  const text = createElement("span", { class: "progress-text", "aria-live": "off" });
  const bar = createElement("progress", { max: "1", "aria-label": name });
  const button = textButton(stop.label, stop.onStop);
  const update = (fraction: number): void => {
    bar.value = fraction;
    setText(text, format(label, { percent: Math.floor(fraction * 100) }));
  };
  update(0);
  return {
    root: createElement("section", { class: "tray-row progress-row", "aria-label": name }, bar, text, button),
    update,
  };
}
