import { format } from "@curfew/client/messages";
import type { Paste, SerialOptions } from "@curfew/client/serial";
import { serialActions } from "../actions/serial-actions.ts";
import { confirmDialog } from "../dialogs/dialog.ts";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { ConsoleDefinition } from "./console-definition.ts";

export const SERIAL: ConsoleDefinition = {
  icon: "square-terminal",
  settings: [
    "fontSize",
    "terminalSize",
    "terminalTheme",
    "copyOnSelect",
    "bell",
    "encoding",
    "lineEnding",
    "backspace",
    "convertEol",
    "localEcho",
    "webgl",
    "screenReader",
  ],
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
/** So many of the characters that the encoding lacks are listed. */
const LONGEST_LIST = 20;

/** The user confirms what a terminal does before it cannot be undone. */
function confirmations(signal: AbortSignal): Pick<SerialOptions, "onLink" | "confirmPaste"> {
  const { text: labels, terminal } = texts();
  return {
    onLink: (address) => {
      const { openLink: title, openLinkSentence: sentence, open: action } = labels;
      return confirmDialog({ title, sentence, quote: address, action, signal });
    },
    confirmPaste: (paste) => {
      const title = paste.lines > 1 ? format(labels.pasteLines, { lines: paste.lines }) : terminal.pasteOne;
      return confirmDialog({ title, sentence: risksOf(paste), quote: quoteOf(paste), action: labels.paste, signal });
    },
  };
}

/** What may happen on the machine, in sentences. */
function risksOf({ text, lines, endsWithBreak, controls, missing }: Paste): string {
  const { text: labels, terminal } = texts();
  const sentences = [
    lines > 1 ? labels.pasteLinesSentence : endsWithBreak && terminal.pasteRuns,
    text.length > LONGEST_QUOTE && format(terminal.pasteLong, { characters: text.length }),
    controls > 0 && terminal.pasteControls,
    missing !== "" && format(terminal.pasteMissing, { characters: missing.slice(0, LONGEST_LIST) }),
  ];
  return sentences.filter((sentence) => sentence !== false).join(" ");
}

/** The beginning of the text, with control characters as Unicode's pictures of them. */
function quoteOf({ text }: Paste): string {
  const begin = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return (
    begin
      // eslint-disable-next-line no-control-regex -- these are what is replaced
      .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, (control) =>
        String.fromCharCode(control.charCodeAt(0) + 0x2400),
      )
      .replaceAll("\u007F", "\u2421")
      .replaceAll(/[\u0080-\u009F]/g, "\uFFFD")
  );
}
