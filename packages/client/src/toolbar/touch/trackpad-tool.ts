import type { Tool } from "../tools/tool.ts";
import type { ToolContext } from "../tools/tool-context.ts";
import type { TouchControl } from "./touch-control.ts";

/**
 * Turns the trackpad on and off, where the device has a touch screen.
 *
 * @param onChange - called after the user has chosen
 */
export function trackpadTool(
  touch: TouchControl,
  { texts }: ToolContext,
  onChange: (on: boolean) => void = () => {},
): Tool {
  return {
    label: texts.actions.trackpad,
    place: "more",
    group: "input",
    sendsInput: true,
    available: matchMedia("(any-pointer: coarse)").matches,
    checked: () => touch.trackpad,
    toggles: true,
    run: () => {
      touch.trackpad = !touch.trackpad;
      onChange(touch.trackpad);
    },
  };
}
