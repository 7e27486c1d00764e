import type { ConsoleOptions } from "@curfew/client";
import { fill } from "@curfew/client/messages";
import type { SerialConsole, SerialOptions } from "@curfew/client/serial";
import type { VncConsole, VncOptions } from "@curfew/client/vnc";
import type { ConsoleLink } from "../link/parse-location.ts";
import { settings } from "../settings/settings-store.ts";
import { confirmDialog } from "../views/dialog.ts";
import { words } from "../words/words.ts";

/** A console of either type. Both have the same connection, events and life. */
export type AnyConsole =
  | { readonly type: "vnc"; readonly view: VncConsole }
  | { readonly type: "serial"; readonly view: SerialConsole };

type Options = ConsoleOptions &
  Pick<VncOptions, "onCredentialsRequired" | "onServerVerification"> & { readonly signal: AbortSignal };

/**
 * Loads the viewer that `link` needs, and only that one, and puts it into `host`. It is not
 * connected yet.
 */
export async function createConsole(link: ConsoleLink, host: HTMLElement, options: Options): Promise<AnyConsole> {
  const { onCredentialsRequired, onServerVerification, ...common } = options;
  const { webgl, screenReader, clipboardSync } = settings.current;
  const label = words().sdk.labels[link.type];
  if (link.type === "serial") {
    const [{ SerialConsole }] = await Promise.all([
      import("@curfew/client/serial"),
      import("@xterm/xterm/css/xterm.css"),
    ]);
    const view = new SerialConsole(host, {
      ...common,
      ...questions(options.signal),
      label,
      renderer: webgl ? "webgl" : "dom",
      screenReader,
      readOnly: link.viewOnly,
    });
    return { type: "serial", view };
  }
  const { VncConsole } = await import("@curfew/client/vnc");
  const view = new VncConsole(host, {
    ...common,
    ...(onCredentialsRequired === undefined ? {} : { onCredentialsRequired }),
    ...(onServerVerification === undefined ? {} : { onServerVerification }),
    label,
    clipboardSync: clipboardSync && !link.viewOnly,
    viewOnly: link.viewOnly,
    shared: link.shared,
    scale: link.scale,
  });
  return { type: "vnc", view };
}

/** Characters of a paste that the question shows. */
const longestQuote = 2_000;

/** What the person is asked before a terminal does something that cannot be undone. */
function questions(signal: AbortSignal): Pick<SerialOptions, "onLink" | "confirmPaste"> {
  const { text: labels } = words();
  return {
    onLink: (url) => {
      const { openLink: title, openLinkSentence: sentence, open: action } = labels;
      return confirmDialog({ title, sentence, quote: url, action, signal });
    },
    confirmPaste: ({ text, lines }) => {
      // A line with its Enter is what people paste all day.
      if (lines < 2) return true;
      const quote = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
      const title = fill(labels.pasteLines, { lines });
      return confirmDialog({ title, sentence: labels.pasteLinesSentence, quote, action: labels.paste, signal });
    },
  };
}
