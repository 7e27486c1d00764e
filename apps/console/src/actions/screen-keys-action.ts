import { texts } from "../locales/texts.ts";
import type { ActionContext, PageAction } from "./page-action.ts";

/** Shows and hides a row of keys below the console. On touch screens it is shown from the start. */
export function screenKeysAction(
  createRow: (label: string) => HTMLElement,
  { shell, viewOnly }: ActionContext,
): PageAction {
  const label = texts().actions.screenKeys;
  let row: HTMLElement | undefined;
  const isShown = (): boolean => row?.isConnected === true;
  const toggle = (): void => {
    row ??= createRow(label);
    shell.setTray("bottom", isShown() ? undefined : row);
  };
  if (!viewOnly && matchMedia("(pointer: coarse)").matches) toggle();
  return { label, place: "more", group: "input", sendsInput: true, checked: isShown, toggles: true, run: toggle };
}
