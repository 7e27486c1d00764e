import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import { createActionBar, helpKeys } from "./action-bar.ts";
import type { ActionContext, PageAction } from "./page-action.ts";
import { pageActions } from "./page-actions.ts";

/**
 * Creates a console's toolbar with all actions.
 *
 * @param createActions - creates those of the console's type
 */
export function createConsoleToolbar(
  createActions: (context: ActionContext) => readonly PageAction[],
  context: ActionContext,
): HTMLElement {
  settings.follow(() => {
    if (!settings.kept) context.shell.toasts.warn(texts().notices.settingsNotKept);
  }, context.signal);
  const actions: readonly PageAction[] = [...createActions(context), ...pageActions(context, () => helpKeys(actions))];
  return createActionBar(actions, context);
}
