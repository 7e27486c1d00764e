import type { ConsoleConnection } from "../connection/connection.ts";
import { LEAVE_KEYS } from "../ui/leave-keys.ts";
import { MODIFIER_KEYS, type ModifierKey } from "../ui/modifiers.ts";
import { refuseDrops } from "../ui/refuse-drops.ts";
import { oneOf } from "../util/validate.ts";
import { mapKeys } from "./keyboard/key-map.ts";
import { offerKeyboardExit } from "./keyboard-exit.ts";
import { restoreFocus } from "./restore-focus.ts";
import type { ViewOptions } from "./view-options.ts";

/** The view of {@link handleHostInput}. */
export interface HostOwner {
  readonly connection: ConsoleConnection;
  /** Moves the keyboard focus to what the view shows. */
  focus(): void;
  /** The user leaves the console with the keyboard. */
  leave(): void;
  dropRefused(): void;
}

/**
 * What every view does with keyboard, focus and drags in its element. To be called before the view listens to the
 * connection and to the element, because the order counts.
 *
 * @throws RangeError for a key that is not a {@link ModifierKey}, TypeError for `leaveKeys` that are no array.
 */
export function handleHostInput(host: HTMLElement, options: ViewOptions, owner: HostOwner): void {
  const { leaveKeys = LEAVE_KEYS, keyMap = {} } = options;
  if (!Array.isArray(leaveKeys)) {
    throw new TypeError(`leaveKeys: expected an array of modifier keys, got ${JSON.stringify(leaveKeys)}`);
  }
  const keys = leaveKeys.map((key) => modifier("leaveKeys", key));
  for (const key of Object.entries(keyMap).flat()) modifier("keyMap", key);
  const enter = (): void => owner.focus();
  offerKeyboardExit(host, { leave: () => owner.leave(), enter }, keys);
  mapKeys(host, keyMap);
  refuseDrops(host, () => owner.dropRefused());
  if (options.restoreFocus ?? true) restoreFocus(owner.connection, host, enter);
}

function modifier(name: string, key: string): ModifierKey {
  return oneOf(name, key as ModifierKey, MODIFIER_KEYS);
}
