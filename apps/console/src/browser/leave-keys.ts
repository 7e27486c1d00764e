const MODIFIERS: ReadonlySet<string> = new Set(["Control", "Alt", "Shift"]);

/**
 * Listens for the keys that leave a console that takes every key, Tab included: Ctrl, Alt and Shift pressed together and
 * released, with no other key in between. `onLeave` runs after the last of them is released, so that the machine
 * receives every release and no key stays down there.
 */
export function listenForLeaveKeys(onLeave: () => void): void {
  let armed = false;
  addEventListener(
    "keydown",
    (event) => {
      armed = MODIFIERS.has(event.key) && event.ctrlKey && event.altKey && event.shiftKey;
    },
    { capture: true },
  );
  addEventListener(
    "keyup",
    (event) => {
      if (!armed || event.ctrlKey || event.altKey || event.shiftKey || event.metaKey) return;
      armed = false;
      // After the viewer's own listeners.
      setTimeout(onLeave);
    },
    { capture: true },
  );
  addEventListener("blur", () => {
    armed = false;
  });
}
