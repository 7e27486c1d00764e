import { createElement } from "../../ui/dom.ts";
import { focusedIn } from "./focus.ts";

/** An item of a menu. */
export interface MenuItem {
  readonly label: string;
  /** Shown in place of the label. */
  readonly face?: string;
  /** Shown at the end of the line, for example a shortcut. */
  readonly hint?: string;
  /** Present on items that are checked or not. Without `toggles`, one item of a group is checked, as with radio buttons. */
  readonly checked?: () => boolean;
  /** Makes `checked` independent of the other items, as with a checkbox. */
  readonly toggles?: boolean;
  /** Present on items that are sometimes disabled. */
  readonly enabled?: () => boolean;
  /** Shown only where the bar has no room for a button. */
  readonly narrow?: boolean;
  /** It sends input to the machine: hidden while the console is view only. */
  readonly sendsInput?: boolean;
  readonly run: () => void;
}

/** How a menu differs from others. */
export interface MenuOptions {
  /** Creates the mark of an item that is checked. */
  readonly checkMark: () => Element;
  /** A sentence at its end. */
  readonly note?: string;
  /** Runs after an item was chosen. */
  readonly onDone: () => void;
}

/** A group of short items in a grid, under a heading. */
export interface MenuGrid {
  /** The heading, which `label` of the items includes: `Ctrl + Alt`. */
  readonly heading: string;
  readonly items: readonly (MenuItem & { readonly face: string })[];
}

/** Items that belong together. */
export type MenuGroup = readonly MenuItem[] | MenuGrid;

/** The items of a group. */
export function itemsOf(group: MenuGroup): readonly MenuItem[] {
  return "items" in group ? group.items : group;
}

/**
 * Attaches a menu to its button, following the ARIA menu button pattern. The menu is in the top layer. Escape and a
 * click elsewhere close it; arrow keys, Home, End and first letters move between items.
 */
export function attachMenu(
  button: HTMLButtonElement,
  label: string,
  groups: readonly MenuGroup[],
  options: MenuOptions,
): HTMLElement {
  const menu = createMenu(label, groups, options);
  const place = (): void => {
    placeBelow(button, menu);
  };
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.popoverTargetElement = menu;
  menu.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (!open) {
      removeEventListener("resize", place);
      return;
    }
    place();
    addEventListener("resize", place);
    focusFirst(menu);
  });
  return menu;
}

/**
 * Opens a menu at a point, in place of the browser's own. It removes itself when it closes.
 *
 * @param parent - what the menu is added to, so that it is inside a landmark
 * @param at - in pixels of the viewport
 */
export function openContextMenu(
  parent: HTMLElement,
  at: { readonly x: number; readonly y: number },
  label: string,
  groups: readonly MenuGroup[],
  options: MenuOptions,
): HTMLElement {
  const menu = createMenu(label, groups, options);
  parent.append(menu);
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "open") focusFirst(menu);
    else menu.remove();
  });
  menu.showPopover();
  const margin = 8;
  const { clientWidth, clientHeight } = document.documentElement;
  menu.style.maxHeight = `calc(100dvh - ${2 * margin}px)`;
  menu.style.left = `${Math.max(margin, Math.min(at.x, clientWidth - menu.offsetWidth - margin))}px`;
  menu.style.top = `${Math.max(margin, Math.min(at.y, clientHeight - menu.offsetHeight - margin))}px`;
  return menu;
}

/** A menu that is not shown yet. */
function createMenu(
  label: string,
  groups: readonly MenuGroup[],
  { checkMark, note, onDone }: MenuOptions,
): HTMLElement {
  const menu = createElement("div", {
    role: "menu",
    "aria-label": label,
    class: "menu",
    part: "menu",
    popover: "auto",
  });
  const nodes: { readonly node: HTMLElement; readonly item: MenuItem }[] = [];
  for (const group of groups) {
    const list = createGroup(group);
    for (const item of itemsOf(group)) {
      const node = createItem(item, checkMark);
      nodes.push({ node, item });
      node.addEventListener("click", () => {
        if (item.enabled?.() === false) return;
        menu.hidePopover();
        item.run();
        onDone();
      });
      list.append(node);
    }
    menu.append(list);
  }
  if (note !== undefined) menu.append(createElement("p", { class: "menu-note" }, note));
  menu.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "open") return;
    for (const { node, item } of nodes) {
      if (item.checked !== undefined) node.setAttribute("aria-checked", String(item.checked()));
      // Not `disabled`, so that the arrow keys can reach it.
      if (item.enabled !== undefined) node.setAttribute("aria-disabled", String(!item.enabled()));
    }
  });
  menu.addEventListener("keydown", (event) => {
    moveInside(menu, event);
    // Otherwise the toolbar would handle it, too.
    if (event.key === "Escape") event.stopPropagation();
  });
  return menu;
}

function focusFirst(menu: HTMLElement): void {
  const items = visibleItems(menu);
  (items.find((item) => item.getAttribute("aria-checked") === "true") ?? items[0])?.focus();
}

function visibleItems(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>(".menu-item")].filter((item) => item.checkVisibility());
}

function createGroup(group: MenuGroup): HTMLElement {
  if ("items" in group) {
    const heading = createElement("p", { class: "menu-heading", "aria-hidden": "true" }, group.heading);
    return createElement("div", { role: "group", "aria-label": group.heading, class: "menu-group menu-grid" }, heading);
  }
  // Otherwise a wide page would show a line around nothing.
  const narrow = group.every((item) => item.narrow === true);
  return createElement("div", { role: "group", class: narrow ? "menu-group narrow-only" : "menu-group" });
}

function createItem(item: MenuItem, checkMark: () => Element): HTMLButtonElement {
  const checkable = item.toggles === true ? "menuitemcheckbox" : "menuitemradio";
  const role = item.checked === undefined ? "menuitem" : checkable;
  return createElement(
    "button",
    {
      type: "button",
      role,
      part: "menu-item",
      class: ["menu-item", item.narrow && "narrow-only", item.sendsInput && "tool-input"].filter(Boolean).join(" "),
      tabindex: "-1",
      "aria-label": item.face === undefined ? undefined : item.label,
    },
    item.checked === undefined ? undefined : checkMark(),
    createElement("span", {}, item.face ?? item.label),
    item.hint === undefined ? undefined : createElement("kbd", {}, item.hint),
  );
}

function placeBelow(button: HTMLElement, menu: HTMLElement): void {
  const margin = 8;
  const anchor = button.getBoundingClientRect();
  const rightmost = document.documentElement.clientWidth - menu.offsetWidth - margin;
  menu.style.left = `${Math.max(margin, Math.min(anchor.left, rightmost))}px`;
  const top = anchor.bottom + 6;
  menu.style.top = `${top}px`;
  menu.style.maxHeight = `calc(100dvh - ${top + margin}px)`;
}

function moveInside(menu: HTMLElement, event: KeyboardEvent): void {
  const items = visibleItems(menu);
  const at = items.findIndex((item) => item === focusedIn(menu));
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1 + items.length,
    Home: 0,
    End: items.length - 1,
  };
  let to = steps[event.key];
  if (to === undefined && /^\p{L}$/u.test(event.key)) {
    const letter = event.key.toLowerCase();
    const from = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    const match = from.find((item) => item.textContent.trim().toLowerCase().startsWith(letter));
    to = match === undefined ? undefined : items.indexOf(match);
  }
  if (event.key === "Tab") menu.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items[to % items.length]?.focus();
}
