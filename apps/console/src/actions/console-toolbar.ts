import type { SerialConsole } from "@curfew/client/serial";
import type { VncConsole } from "@curfew/client/vnc";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import { createActionBar, helpKeys } from "./action-bar.ts";
import type { ActionContext, PageAction } from "./page-action.ts";
import { pageActions } from "./page-actions.ts";
import { serialActions } from "./serial-actions.ts";
import { vncActions } from "./vnc-actions.ts";

/** A console of either type. Both have the same connection, events and life cycle. */
export type TypedConsole =
  | { readonly type: "vnc"; readonly view: VncConsole }
  | { readonly type: "serial"; readonly view: SerialConsole };

/** Applies the settings to a console, and creates its toolbar with all actions. */
export function createConsoleToolbar({ type, view }: TypedConsole, context: ActionContext): HTMLElement {
  settings.follow(() => {
    if (!settings.kept) context.shell.toasts.warn(texts().notices.settingsNotKept);
  }, context.signal);
  const actions: readonly PageAction[] = [
    ...(type === "vnc" ? vncActions(view, context) : serialActions(view, context)),
    ...pageActions(context, () => helpKeys(actions)),
  ];
  return createActionBar(actions, context);
}
