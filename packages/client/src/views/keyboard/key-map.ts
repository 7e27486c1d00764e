import { type ModifierKey, isMapped, markMapped, modifierFlags, modifierOf, modifiersIn } from "../../ui/modifiers.ts";

/** Which modifier the machine receives for one of the user's: `{ Meta: "Control" }` makes Command of a Mac Control. */
export type KeyMap = Readonly<Partial<Record<ModifierKey, ModifierKey>>>;

/** `KeyboardEvent.keyCode`, which xterm.js reads. */
const KEY_CODES: Readonly<Record<ModifierKey, number>> = { Shift: 16, Control: 17, Alt: 18, Meta: 91 };

/**
 * Gives the viewer in an element other events than the keyboard's, with the modifiers exchanged as `map` says. What
 * listens for the original events, such as for the keys that leave the console, must be added before.
 */
export function mapKeys(host: HTMLElement, map: KeyMap): void {
  const onKey = (event: KeyboardEvent): void => {
    if (isMapped(event)) return;
    const modifier = modifierOf(event);
    const held = modifiersIn(event);
    if ([modifier, ...held].every((name) => name === undefined || map[name] === undefined)) return;
    event.stopImmediatePropagation();
    if (!pass(event, event.type, modifier, held, map)) event.preventDefault();
    // macOS does not report releases of other keys while Command is held.
    if (event.type === "keydown" && event.metaKey && modifier === undefined) pass(event, "keyup", modifier, held, map);
  };
  host.addEventListener("keydown", onKey, { capture: true });
  host.addEventListener("keyup", onKey, { capture: true });
}

/** Dispatches the event that takes the place of another. Returns false if it was canceled. */
function pass(
  event: KeyboardEvent,
  type: string,
  modifier: ModifierKey | undefined,
  held: readonly ModifierKey[],
  map: KeyMap,
): boolean {
  const { code, key, location, repeat, isComposing } = event;
  const mapped = modifier && (map[modifier] ?? modifier);
  const passed = new KeyboardEvent(type, {
    bubbles: true,
    cancelable: true,
    composed: true,
    location,
    repeat,
    isComposing,
    code: modifier && mapped ? code.replace(modifier, mapped) : code,
    key: mapped ?? key,
    modifierCapsLock: event.getModifierState("CapsLock"),
    modifierNumLock: event.getModifierState("NumLock"),
    modifierAltGraph: event.getModifierState("AltGraph"),
    ...modifierFlags(held.map((name) => map[name] ?? name)),
  });
  // Not every browser takes it above.
  Object.defineProperty(passed, "keyCode", { value: mapped ? KEY_CODES[mapped] : event.keyCode });
  markMapped(passed);
  return event.target?.dispatchEvent(passed) ?? true;
}
