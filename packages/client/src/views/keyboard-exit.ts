import { listenForLeaveKeys } from "../ui/leave-keys.ts";
import type { ModifierKey } from "../ui/modifiers.ts";

/**
 * Lets keyboard users out of a view, which takes every key including Tab (WCAG 2.1.2): after the keys that leave it,
 * the view's element has the focus instead of what takes the keys. Tab and Shift + Tab then go
 * on in the page, and Enter goes back into the view.
 *
 * @param host - the view's element, with the one element that takes the keys
 * @param actions - `leave` is called before the focus moves, and may move it somewhere else; `enter` gives
 * the keyboard back to the view
 * @param keys - the keys that leave the view; none leaves that to the page
 */
export function offerKeyboardExit(
  host: HTMLElement,
  actions: { readonly leave: () => void; readonly enter: () => void },
  keys: readonly ModifierKey[],
): void {
  host.tabIndex = -1;
  host.style.outlineOffset = "-2px";
  const leave = (): void => {
    actions.leave();
    const focused = focusedIn(host);
    if (!focused) return;
    host.focus({ preventScroll: true });
    // Otherwise Tab would go back into the view.
    const { tabIndex } = focused;
    focused.tabIndex = -1;
    host.addEventListener("blur", () => (focused.tabIndex = tabIndex), { once: true });
  };
  listenForLeaveKeys(host, leave, { keys });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.target !== host) return;
    event.preventDefault();
    actions.enter();
  };
  host.addEventListener("keydown", onKeyDown);
}

/** The focused element inside `host`, which may be in a shadow root. */
export function focusedIn(host: HTMLElement): HTMLElement | undefined {
  const { activeElement } = host.getRootNode() as Document | ShadowRoot;
  return activeElement instanceof HTMLElement && activeElement !== host && host.contains(activeElement)
    ? activeElement
    : undefined;
}
