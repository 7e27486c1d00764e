import type { ConsoleOptions } from "@curfew/client";
import { format } from "@curfew/client/messages";
import type { SerialOptions } from "@curfew/client/serial";
import type { VncOptions } from "@curfew/client/vnc";
import type { TypedConsole } from "../actions/console-toolbar.ts";
import type { ConsoleUrl } from "../console-url/parse-console-url.ts";
import { settings } from "../settings/settings-store.ts";
import { confirmDialog } from "../dialogs/dialog.ts";
import { texts } from "../locales/texts.ts";

type Options = ConsoleOptions &
  Pick<VncOptions, "onCredentialsRequired" | "onServerVerification"> & { readonly signal: AbortSignal };

/** Loads the viewer that `url` needs, and only that one, and puts it into `host`. It is not connected yet. */
export async function createConsole(url: ConsoleUrl, host: HTMLElement, options: Options): Promise<TypedConsole> {
  const { onCredentialsRequired, onServerVerification, ...common } = options;
  const { webgl, screenReader, clipboardSync } = settings.current;
  const label = texts().sdk.labels[url.type];
  if (url.type === "serial") {
    const [{ SerialConsole }] = await Promise.all([
      import("@curfew/client/serial"),
      import("@xterm/xterm/css/xterm.css"),
    ]);
    const view = new SerialConsole(host, {
      ...common,
      ...confirmations(options.signal),
      label,
      renderer: webgl ? "webgl" : "dom",
      screenReader,
      readOnly: url.viewOnly,
    });
    return { type: "serial", view };
  }
  const { VncConsole } = await import("@curfew/client/vnc");
  const view = new VncConsole(host, {
    ...common,
    ...(onCredentialsRequired === undefined ? {} : { onCredentialsRequired }),
    ...(onServerVerification === undefined ? {} : { onServerVerification }),
    label,
    clipboardSync: clipboardSync && !url.viewOnly,
    viewOnly: url.viewOnly,
    shared: url.shared,
    scale: url.scale,
  });
  return { type: "vnc", view };
}

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
