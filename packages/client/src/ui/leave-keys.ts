import { type ModifierKey, isMapped, modifierOf, modifiersIn } from "./modifiers.ts";

/**
 * The keys that leave a console by default: Ctrl, Alt and Shift, and on a Mac Option, Shift and Command, because Control
 * and Option together begin the commands of VoiceOver.
 */
export const LEAVE_KEYS: readonly ModifierKey[] = isMac() ? ["Alt", "Shift", "Meta"] : ["Control", "Alt", "Shift"];

const NAMES: Readonly<Record<ModifierKey, string>> = { Control: "Ctrl", Alt: "Alt", Shift: "Shift", Meta: "Meta" };
/** In the order in which they are written. */
const MAC_NAMES: Readonly<Record<ModifierKey, string>> = { Control: "⌃", Alt: "⌥", Shift: "⇧", Meta: "⌘" };

/**
 * The keys as people write them: `Ctrl + Alt + Shift`, and on a Mac `⌥⇧⌘`.
 *
 * @param names - names in another language, where keys are not written as symbols
 */
export function leaveKeysLabel(
  keys: readonly ModifierKey[] = LEAVE_KEYS,
  names: Readonly<Partial<Record<ModifierKey, string>>> = {},
): string {
  const order = Object.keys(MAC_NAMES) as ModifierKey[];
  const sorted = order.filter((key) => keys.includes(key));
  return isMac()
    ? sorted.map((key) => MAC_NAMES[key]).join("")
    : sorted.map((key) => names[key] ?? NAMES[key]).join(" + ");
}

/**
 * Lets keyboard users leave a console, which takes every key including Tab: they press some modifier
 * keys together and release them without another key in between.
 *
 * @param target - the window, or the element that contains the console
 * @param onLeave - called after the last of the keys is up, so that the machine receives every
 * release and no key stays pressed there
 * @param options - `signal` stops listening; `keys` are the keys, by default {@link LEAVE_KEYS}, and without one there
 * is no such combination
 */
export function listenForLeaveKeys(
  target: Window | HTMLElement,
  onLeave: () => void,
  options: { readonly signal?: AbortSignal; readonly keys?: readonly ModifierKey[] } = {},
): void {
  const { keys = LEAVE_KEYS, signal } = options;
  if (keys.length === 0) return;
  let armed = false;
  // `blur` is not captured: on a window that would be every `blur` in the page.
  const listen = (type: string, listener: (event: KeyboardEvent) => void): void =>
    target.addEventListener(type, listener as EventListener, {
      capture: type !== "blur",
      ...(signal ? { signal } : {}),
    });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isMapped(event)) return;
    const pressed = modifierOf(event);
    const held = modifiersIn(event);
    armed = pressed !== undefined && held.length === keys.length && keys.every((key) => held.includes(key));
  };
  const onKeyUp = (event: KeyboardEvent): void => {
    if (!armed || isMapped(event) || modifiersIn(event).length > 0) return;
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

function isMac(): boolean {
  // Deprecated, but the only property that all browsers have. A server has no navigator, or none with it.
  return /^(Mac|iP)/.test(globalThis.navigator?.platform ?? "");
}
