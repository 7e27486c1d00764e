import type { ToolContext } from "@curfew/client/toolbar";
import { texts } from "../locales/texts.ts";
import type { PageShell } from "../shell/page-shell.ts";
import { showDialog } from "../shell/toasts.ts";
import { icon } from "../widgets/icons.ts";
import { loadPart } from "./load-part.ts";

type ShellPart = "addMenu" | "setKeyRow" | "setTray" | "showDialog" | "load" | "setViewOnly";

/** What the page's shell offers to the tools of the SDK. */
export function toolContext(
  shell: PageShell,
  signal: AbortSignal,
): Pick<ToolContext, "texts" | "icon" | "notify" | ShellPart> {
  return {
    texts: texts(),
    icon,
    notify: (text, tone) => {
      if (tone === "problem") shell.toasts.warn(text);
      else shell.toasts.show(text);
    },
    addMenu: (menu) => shell.addMenu(menu, signal),
    setKeyRow: (row) => shell.setTray("bottom", row),
    setTray: (row, onGone) => shell.setTray("top", row, onGone),
    showDialog,
    load: (part) => loadPart(part, { shell, signal }),
    setViewOnly: (viewOnly) => shell.setViewOnly(viewOnly),
  };
}
