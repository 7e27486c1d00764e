import type { SpiceConsole } from "@curfew/client/spice";
import {
  createKeyRow,
  ctrlAltDelTool,
  HeldKeys,
  keyRowTool,
  keysTool,
  scaleItems,
  screenshotTool,
  screenTextDialog,
  showTypingProgress,
  type Tool,
  viewOnlyTool,
} from "@curfew/client/toolbar";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { ActionContext } from "./action-context.ts";
import { tellLimits, typeText } from "./screen-text.ts";

/** The actions of a SPICE console. Its viewer has no clipboard and cannot change the machine's resolution. */
export function spiceActions(spice: SpiceConsole, context: ActionContext): readonly Tool[] {
  const held = new HeldKeys(spice, context.signal);
  showTypingProgress(spice, context);
  const { actions, text } = texts();
  tellLimits(spice, text.type, context);
  return [
    ctrlAltDelTool(spice, held, context),
    keysTool(spice, held, context),
    {
      label: text.type,
      place: "toolbar",
      face: { icon: context.icon("clipboard-paste") },
      sendsInput: true,
      run: screenTextDialog(spice, context, (typed) => void typeText(spice, held, typed, context)),
    },
    screenshotTool(spice, context),
    {
      label: actions.display,
      place: "toolbar-or-more",
      face: { icon: context.icon("proportions") },
      group: "tools",
      menu: [scaleItems(spice, ["fit", "none"], texts(), (scale) => settings.change({ scale }))],
    },
    keyRowTool(() => createKeyRow(spice, held, context), context),
    viewOnlyTool(spice, held, context),
  ];
}
