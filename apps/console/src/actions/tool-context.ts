import type { ToolContext } from "@curfew/client/toolbar";
import { texts } from "../locales/texts.ts";
import type { PageShell } from "../shell/page-shell.ts";
import { icon } from "../widgets/icons.ts";

/** What the page's shell offers to the tools of the SDK. */
export function toolContext(
  shell: PageShell,
  signal: AbortSignal,
): Pick<ToolContext, "texts" | "icon" | "notify" | "addMenu" | "setKeyRow" | "setViewOnly"> {
  return {
    texts: texts(),
    icon,
    notify: (text, tone) => {
      if (tone === "problem") shell.toasts.warn(text);
      else shell.toasts.show(text);
    },
    addMenu: (menu) => shell.addMenu(menu, signal),
    setKeyRow: (row) => shell.setTray("bottom", row),
    setViewOnly: (viewOnly) => shell.setViewOnly(viewOnly),
  };
}
