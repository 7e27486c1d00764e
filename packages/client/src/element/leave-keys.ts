const modifiers: ReadonlySet<string> = new Set(["Control", "Alt", "Shift"]);

/** The keys that leave the console, as pages write them. */
export const leaveKeys = "Ctrl + Alt + Shift";

/**
 * The way out of a console that takes every key, Tab included: press Ctrl, Alt and Shift together
 * and let go, without another key in between. `onLeave` runs only after the last of them is up, so
 * that the machine sees every release and no key stays down there.
 */
export function listenForLeaving(screen: HTMLElement, onLeave: () => void): void {
  let armed = false;
  const listen = <K extends "keydown" | "keyup" | "focusout">(
    type: K,
    act: (event: HTMLElementEventMap[K]) => void,
  ): void => screen.addEventListener(type, act, { capture: true });
  listen("keydown", (event) => {
    armed = modifiers.has(event.key) && event.ctrlKey && event.altKey && event.shiftKey;
  });
  listen("keyup", (event) => {
    if (!armed || event.ctrlKey || event.altKey || event.shiftKey || event.metaKey) return;
    armed = false;
    // After the viewer's own listeners.
    setTimeout(onLeave);
  });
  listen("focusout", () => {
    armed = false;
  });
}
