import { createToolbar, type Tool } from "@curfew/client/toolbar";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { ActionContext } from "./action-context.ts";
import { helpKeys } from "./help-keys.ts";
import { pageActions } from "./page-actions.ts";

/**
 * Creates a console's toolbar with all actions.
 *
 * @param createActions - creates those of the console's type
 */
export function createConsoleToolbar(
  createActions: (context: ActionContext) => readonly Tool[],
  context: ActionContext,
): HTMLElement {
  settings.follow(() => {
    if (!settings.kept) context.shell.toasts.warn(texts().notices.settingsNotKept);
  }, context.signal);
  const actions: readonly Tool[] = [...createActions(context), ...pageActions(context, () => helpKeys(actions))];
  return createToolbar(actions, context);
}
