/** The keys that leave a console, by `KeyboardEvent.key`. */
export const LEAVE_KEYS: readonly string[] = ["Control", "Alt", "Shift"];

/**
 * Lets keyboard users leave a console, which takes every key including Tab: they press Ctrl, Alt and
 * Shift together and release them without another key in between.
 *
 * @param target - the window, or the element that contains the console
 * @param onLeave - called after the last of the keys is up, so that the machine receives every
 * release and no key stays pressed there
 * @param options - `signal` stops listening
 */
export function listenForLeaveKeys(
  target: Window | HTMLElement,
  onLeave: () => void,
  options: { readonly signal?: AbortSignal } = {},
): void {
  let armed = false;
  // `blur` is not captured: on a window that would be every `blur` in the page.
  const listen = (type: string, listener: (event: KeyboardEvent) => void): void =>
    target.addEventListener(type, listener as EventListener, { ...options, capture: type !== "blur" });
  const onKeyDown = (event: KeyboardEvent): void => {
    armed = LEAVE_KEYS.includes(event.key) && event.ctrlKey && event.altKey && event.shiftKey;
  };
  const onKeyUp = (event: KeyboardEvent): void => {
    if (!armed || event.ctrlKey || event.altKey || event.shiftKey || event.metaKey) return;
    armed = false;
    // After the viewer's own listeners.
    setTimeout(onLeave);
  };
  const onFocusLost = (): void => {
    armed = false;
  };
  listen("keydown", onKeyDown);
  listen("keyup", onKeyUp);
  listen(target instanceof Window ? "blur" : "focusout", onFocusLost);
}
