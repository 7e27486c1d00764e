import type { HelpKeys, HelpRow } from "../dialogs/help-dialog.ts";
import { keyNames } from "../locales/key-names.ts";
import { texts } from "../locales/texts.ts";
import { attachMenu, itemsOf, type MenuGroup, type MenuItem } from "../shell/menu.ts";
import { createToolbar } from "../shell/toolbar.ts";
import { toolButton } from "../widgets/buttons.ts";
import { icon } from "../widgets/icons.ts";
import { MORE_GROUPS, type ActionContext, type PageAction } from "./page-action.ts";

/** Creates the toolbar with everything that `actions` declare: buttons, menus, letters and shortcuts. */
export function createActionBar(actions: readonly PageAction[], context: ActionContext): HTMLElement {
  const offered = actions.filter(
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
  return createToolbar({
    label: texts().actions.toolbar,
    buttons: [...buttons, createMoreButton(offered, context), ...endButtons],
    letters,
    onLeave: context.refocus,
  });
}

/** The actions' keys, for the help. */
export function helpKeys(actions: readonly PageAction[]): HelpKeys {
  const shortcuts: HelpRow[] = [];
  const letters: HelpRow[] = [];
  for (const { available = true, label, letter, shortcut } of actions) {
    if (!available) continue;
    if (letter !== undefined) letters.push([letter.toUpperCase(), label]);
    if (shortcut !== undefined) shortcuts.push([`${keyNames("ctrl", "shift")} + ${shortcut}`, label]);
  }
  // Letters before signs.
  const rank = ([key]: HelpRow): string => (/[A-Z]/.test(key) ? `0${key}` : `1${key}`);
  return { shortcuts, letters: letters.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)) };
}

/** The toolbar button of an action; undefined for an action that has none. */
function createButton(action: PageAction, context: ActionContext): HTMLButtonElement | undefined {
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

function showOnState(button: HTMLButtonElement, { label, whileOn, ...action }: PageAction): void {
  if (whileOn === undefined) return;
  const offIcon = "face" in action && "icon" in action.face ? action.face.icon : undefined;
  const update = (): void => {
    const on = whileOn.isOn();
    const current = on ? (whileOn.label ?? label) : label;
    button.setAttribute("aria-label", current);
    button.title = current;
    if (whileOn.icon !== undefined && offIcon !== undefined) button.replaceChildren(icon(on ? whileOn.icon : offIcon));
    if (whileOn.className !== undefined) button.classList.toggle(whileOn.className, on);
  };
  whileOn.watch(update);
}

/** The menu of all actions that have no button, or none that fits. */
function createMoreButton(actions: readonly PageAction[], context: ActionContext): HTMLElement {
  const label = texts().actions.more;
  const button = toolButton(label, () => {}, { icon: "ellipsis" });
  const groups = MORE_GROUPS.map((group) =>
    actions.flatMap((action) => ("group" in action && action.group === group ? menuItems(action) : [])),
  );
  const filled = groups.filter((items) => items.length > 0);
  attach(button, label, filled, context);
  return button;
}

function menuItems(action: PageAction): readonly MenuItem[] {
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
  { refocus, shell, signal }: ActionContext,
  note?: string,
): void {
  const options = { onDone: refocus, ...(note === undefined ? {} : { note }) };
  shell.addMenu(attachMenu(button, label, groups, options), signal);
}

/** Ctrl + Shift + letter, which terminals leave to the program around them. */
function listenForShortcut(letter: string, run: () => void, { isConnected, signal }: ActionContext): void {
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
