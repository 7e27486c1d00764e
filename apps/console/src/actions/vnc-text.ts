import { type HeldKeys, screenTextDialog, type Tool } from "@curfew/client/toolbar";
import type { VncConsole } from "@curfew/client/vnc";
import { texts } from "../locales/texts.ts";
import type { ActionContext } from "./action-context.ts";
import { typeText } from "./screen-text.ts";

/** Opens the dialog for text and the clipboard. */
export function textAction(vnc: VncConsole, held: HeldKeys, context: ActionContext): Tool {
  return {
    label: texts().actions.text,
    place: "toolbar",
    face: { icon: context.icon("clipboard-paste") },
    sendsInput: true,
    run: screenTextDialog(vnc, context, (text) => void typeText(vnc, held, text, context)),
  };
}
