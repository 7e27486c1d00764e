import {
  confirmDialog as confirmInDialog,
  type ConfirmOptions,
  type DialogContent,
  type DialogParts,
  openDialog as openInPage,
} from "@curfew/client/toolbar";
import { texts } from "../locales/texts.ts";
import { showDialog } from "../shell/toasts.ts";

/** Opens a modal dialog. It removes itself from the page when it closes. */
export function openDialog(content: Omit<DialogContent, "show">): DialogParts {
  return openInPage({ ...content, show: showDialog });
}

/** Asks the user to confirm something. Resolves to false on Cancel, Escape, and when `signal` aborts. */
export function confirmDialog(options: Omit<ConfirmOptions, "cancel" | "show">): Promise<boolean> {
  return confirmInDialog({ ...options, cancel: texts().text.cancel, show: showDialog });
}
