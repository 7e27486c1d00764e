import type { Tool } from "@curfew/client/toolbar";
import type { HelpKeys, HelpRow } from "../dialogs/help-dialog.ts";
import { keyNames } from "../locales/key-names.ts";

/** The actions' keys, for the help. */
export function helpKeys(actions: readonly Tool[]): HelpKeys {
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
