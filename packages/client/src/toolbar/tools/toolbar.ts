import { createButtonBar } from "../widgets/bar.ts";
import { toolButton } from "../widgets/buttons.ts";
import { attachMenu, itemsOf, type MenuGroup, type MenuItem } from "../widgets/menu.ts";
import { MORE_GROUPS, type Tool } from "./tool.ts";
import type { ToolContext } from "./tool-context.ts";

/** Creates a toolbar with everything that the tools declare: buttons, menus, letters and shortcuts. */
export function createToolbar(tools: readonly Tool[], context: ToolContext): HTMLElement {
  const offered = tools.filter(
    ({ available = true, sendsInput = false }) => available && !(sendsInput && context.viewOnly),
  );
  const buttons: HTMLElement[] = [];
  const endButtons: HTMLElement[] = [];
  for (const action of offered) {
    const button = createButton(action, context);
    if (button !== undefined) (action.place === "end-or-more" ? endButtons : buttons).push(button);
  }
  const letters = new Map<string, () => void>();
  for (const action of offered) {
    if (!("run" in action)) continue;
    if (action.letter !== undefined) letters.set(action.letter, action.run);
    if (action.shortcut !== undefined) listenForShortcut(action.shortcut, action.run, context);
  }
  return createButtonBar({
    label: context.texts.actions.toolbar,
    buttons: [...buttons, createMoreButton(offered, context), ...endButtons],
    letters,
    onLeave: context.refocus,
  });
}

/** The toolbar button of an action; undefined for an action that has none. */
function createButton(action: Tool, context: ToolContext): HTMLButtonElement | undefined {
  if (action.place === "more" || action.place === "letter-only") return undefined;
  const button = toolButton(action.label, "run" in action ? action.run : () => {}, action.face);
  if ("menu" in action) {
    const { menu, note } = action;
    attach(button, action.label, menu, context, note);
  }
  if (action.place !== "toolbar") button.classList.add("wide-only");
  if (action.apart === true) button.classList.add("tool-apart");
  if (action.sendsInput === true) button.classList.add("tool-input");
  showOnState(button, action);
  return button;
}

function showOnState(button: HTMLButtonElement, { label, whileOn, ...action }: Tool): void {
  if (whileOn === undefined) return;
  const offIcon = "face" in action && "icon" in action.face ? action.face.icon : undefined;
  const update = (): void => {
    const on = whileOn.isOn();
    const current = on ? (whileOn.label ?? label) : label;
    button.setAttribute("aria-label", current);
    button.title = current;
    if (whileOn.icon !== undefined && offIcon !== undefined) button.replaceChildren(on ? whileOn.icon : offIcon);
    if (whileOn.className !== undefined) button.classList.toggle(whileOn.className, on);
  };
  whileOn.watch(update);
}

/** The menu of all actions that have no button, or none that fits. */
function createMoreButton(actions: readonly Tool[], context: ToolContext): HTMLElement {
  const label = context.texts.actions.more;
  const button = toolButton(label, () => {}, { icon: context.icon("ellipsis") });
  const groups = MORE_GROUPS.map((group) =>
    actions.flatMap((action) => ("group" in action && action.group === group ? menuItems(action) : [])),
  );
  const filled = groups.filter((items) => items.length > 0);
  attach(button, label, filled, context);
  return button;
}

function menuItems(action: Tool): readonly MenuItem[] {
  const narrow = action.place !== "more";
  if ("menu" in action) return action.menu.flatMap(itemsOf).map((item) => ({ ...item, narrow }));
  const { label, letter, run, checked, toggles, enabled, sendsInput = false } = action;
  const item: MenuItem = {
    label,
    run,
    narrow,
    sendsInput,
    ...(letter === undefined ? {} : { hint: letter.toUpperCase() }),
    ...(checked === undefined ? {} : { checked }),
    ...(toggles === undefined ? {} : { toggles }),
    ...(enabled === undefined ? {} : { enabled }),
  };
  return [item];
}

function attach(
  button: HTMLButtonElement,
  label: string,
  groups: readonly MenuGroup[],
  { icon, refocus, addMenu }: ToolContext,
  note?: string,
): void {
  const options = { checkMark: () => icon("check"), onDone: refocus, ...(note === undefined ? {} : { note }) };
  addMenu(attachMenu(button, label, groups, options));
}

/** Ctrl + Shift + letter, which terminals leave to the program around them. */
function listenForShortcut(letter: string, run: () => void, { isConnected, signal }: ToolContext): void {
  addEventListener(
    "keydown",
    (event) => {
      if (!event.ctrlKey || !event.shiftKey || event.altKey || event.code !== `Key${letter}`) return;
      // Behind a card or a dialog, the effect would not be visible.
      if (!isConnected() || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      event.stopPropagation();
      run();
    },
    { capture: true, signal },
  );
}
