/** A modifier key, by `KeyboardEvent.key`. `Meta` is Command on a Mac, and the Windows or Super key elsewhere. */
export type ModifierKey = "Control" | "Alt" | "Shift" | "Meta";

/** By the property of an event that tells whether it is held. */
const FLAGS = { ctrlKey: "Control", altKey: "Alt", shiftKey: "Shift", metaKey: "Meta" } as const;

export const MODIFIER_KEYS: readonly ModifierKey[] = Object.values(FLAGS);

/** The modifiers that are held during an event. */
export function modifiersIn(event: KeyboardEvent): ModifierKey[] {
  return (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).filter((flag) => event[flag]).map((flag) => FLAGS[flag]);
}

/** The properties of an event during which these modifiers are held. */
export function modifierFlags(held: readonly ModifierKey[]): Readonly<Record<keyof typeof FLAGS, boolean>> {
  const flag = (name: keyof typeof FLAGS): boolean => held.includes(FLAGS[name]);
  return { ctrlKey: flag("ctrlKey"), altKey: flag("altKey"), shiftKey: flag("shiftKey"), metaKey: flag("metaKey") };
}

/**
 * The modifier that an event is about: by `code`, because Alt is called Meta on Linux while Shift is held. AltGr is a
 * key of its own.
 */
export function modifierOf({ code, key }: Pick<KeyboardEvent, "code" | "key">): ModifierKey | undefined {
  if (key === "AltGraph") return undefined;
  const name = code === "" ? key : code.replace(/(Left|Right)$/, "");
  return MODIFIER_KEYS.find((modifier) => modifier === name);
}

const MAPPED = new WeakSet<KeyboardEvent>();

/** Marks an event that a view passes on to its viewer in place of one of the keyboard. */
export function markMapped(event: KeyboardEvent): void {
  MAPPED.add(event);
}

/** Whether {@link markMapped} marked an event. */
export function isMapped(event: KeyboardEvent): boolean {
  return MAPPED.has(event);
}
