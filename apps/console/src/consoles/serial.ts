import { format } from "@curfew/client/messages";
import type { SerialOptions } from "@curfew/client/serial";
import { serialActions } from "../actions/serial-actions.ts";
import { confirmDialog } from "../dialogs/dialog.ts";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { ConsoleDefinition } from "./console-definition.ts";

export const SERIAL: ConsoleDefinition = {
  icon: "square-terminal",
  settings: ["fontSize", "terminalTheme", "lineEnding", "localEcho", "webgl", "screenReader"],
  hasGestures: false,
  create: async ({ viewOnly }, host, options) => {
    const [{ SerialConsole }] = await Promise.all([
      import("@curfew/client/serial"),
      import("@xterm/xterm/css/xterm.css"),
    ]);
    const { webgl, screenReader } = settings.current;
    const view = new SerialConsole(host, {
      ...options,
      ...confirmations(options.signal),
      label: texts().sdk.labels.serial,
      renderer: webgl ? "webgl" : "dom",
      screenReader,
      viewOnly,
    });
    return {
      view,
      createActions: (context) => serialActions(view, context),
      statistics: () => view.connection.statistics(),
      isViewOnly: () => viewOnly,
    };
  },
};

/** A longer paste is shown shortened, in characters. */
const LONGEST_QUOTE = 2_000;

/** The user confirms what a terminal does before it cannot be undone. */
function confirmations(signal: AbortSignal): Pick<SerialOptions, "onLink" | "confirmPaste"> {
  const { text: labels } = texts();
  return {
    onLink: (address) => {
      const { openLink: title, openLinkSentence: sentence, open: action } = labels;
      return confirmDialog({ title, sentence, quote: address, action, signal });
    },
    confirmPaste: ({ text, lines }) => {
      // A single line, with or without its line break, needs no confirmation.
      if (lines < 2) return true;
      const quote = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
      const title = format(labels.pasteLines, { lines });
      return confirmDialog({ title, sentence: labels.pasteLinesSentence, quote, action: labels.paste, signal });
    },
  };
}
