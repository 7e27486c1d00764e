import type { Tool } from "./tool.ts";
import type { ToolContext } from "./tool-context.ts";

/** Shows and hides a row of keys for touch. On touch screens it is shown from the start. */
export function keyRowTool(createRow: () => HTMLElement, { texts, setKeyRow, viewOnly }: ToolContext): Tool {
  const label = texts.actions.screenKeys;
  let row: HTMLElement | undefined;
  const isShown = (): boolean => row?.isConnected === true;
  const toggle = (): void => {
    row ??= createRow();
    setKeyRow(isShown() ? undefined : row);
  };
  if (!viewOnly && matchMedia("(pointer: coarse)").matches) toggle();
  return { label, place: "more", group: "input", sendsInput: true, checked: isShown, toggles: true, run: toggle };
}
