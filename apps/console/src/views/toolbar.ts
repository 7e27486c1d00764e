import { element } from "./element.ts";

/**
 * A toolbar after the ARIA pattern: one stop for the Tab key, arrow keys, Home and End inside.
 * Escape calls `onLeave`, which gives the keyboard back to the console. `letters` are keys that act
 * while the toolbar has the keyboard, which the console therefore never sees.
 */
export function createToolbar(
  label: string,
  tools: readonly HTMLElement[],
  letters: ReadonlyMap<string, () => void>,
  onLeave: () => void,
): HTMLElement {
  const bar = element("div", { role: "toolbar", "aria-label": label, class: "tools" }, ...tools);
  const enabled = (): HTMLElement[] => tools.filter((tool) => tool.checkVisibility() && !tool.matches(":disabled"));

  const makeStop = (stop: HTMLElement): void => {
    for (const tool of tools) tool.tabIndex = tool === stop ? 0 : -1;
  };
  if (tools[0] !== undefined) makeStop(tools[0]);

  bar.addEventListener("focusin", (event) => {
    if (event.target instanceof HTMLElement && tools.includes(event.target)) makeStop(event.target);
  });
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      onLeave();
      return;
    }
    const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : letters.get(event.key.toLowerCase());
    if (act !== undefined) {
      event.preventDefault();
      act();
      return;
    }
    const stops = enabled();
    const at = stops.findIndex((tool) => tool === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + stops.length, Home: 0, End: stops.length - 1 }[event.key];
    if (at === -1 || to === undefined) return;
    event.preventDefault();
    stops[to % stops.length]?.focus();
  });
  return bar;
}

/** Moves the keyboard to the toolbar's current stop, or to its first one where that cannot be seen. */
export function focusToolbar(bar: HTMLElement): void {
  const tools = [...bar.querySelectorAll<HTMLElement>("button")].filter((tool) => tool.checkVisibility());
  (tools.find((tool) => tool.tabIndex === 0) ?? tools[0])?.focus();
}
