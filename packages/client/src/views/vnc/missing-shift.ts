import { type Key, characterKeysym, keyOf } from "../../ui/keysyms.ts";
import { layoutKeys } from "../keyboard/layouts.ts";
import { type SendKey, press } from "../keyboard/typist.ts";

/**
 * Adds Shift to keys that programs press without it, such as password managers and automation: `#`
 * with the code of the key 3 would otherwise arrive as 3 at a machine that knows keys only. No
 * keyboard types these characters with these keys and without Shift.
 *
 * @param signal - stops listening
 */
export function addMissingShift(canvas: HTMLCanvasElement, send: SendKey, signal: AbortSignal): void {
  const onKeyDown = (event: KeyboardEvent): void => {
    const { altKey, code, ctrlKey, key, metaKey, shiftKey } = event;
    if (altKey || ctrlKey || metaKey || shiftKey || event.getModifierState("CapsLock")) return;
    const typing = layoutKeys("us").get(key);
    if (typing?.shift !== true || typing.code !== code) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const typed: Key = { keysym: characterKeysym(key), code };
    press([keyOf("ShiftLeft"), typed], send);
  };
  canvas.addEventListener("keydown", onKeyDown, { capture: true, signal });
}
