const modifiers: ReadonlySet<string> = new Set(["Control", "Alt", "Shift"]);

/**
 * The way out of a console that takes every key, Tab included: press Ctrl, Alt and Shift together
 * and let go, without another key in between. `onExit` runs only after the last of them is up, so
 * that the machine sees every release and no key stays down there.
 */
export function listenForExit(onExit: () => void): void {
  let armed = false;
  addEventListener(
    "keydown",
    (event) => {
      armed = modifiers.has(event.key) && event.ctrlKey && event.altKey && event.shiftKey;
    },
    { capture: true },
  );
  addEventListener(
    "keyup",
    (event) => {
      if (!armed || event.ctrlKey || event.altKey || event.shiftKey || event.metaKey) return;
      armed = false;
      // After the viewer's own listeners.
      setTimeout(onExit);
    },
    { capture: true },
  );
  addEventListener("blur", () => {
    armed = false;
  });
}
