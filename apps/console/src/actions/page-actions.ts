import { format } from "@curfew/client/messages";
import { fullScreenTool, type Tool } from "@curfew/client/toolbar";
import type { HelpKeys } from "../dialogs/help-dialog.ts";
import { leaveKeys } from "../locales/key-names.ts";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import { loadPart } from "./load-part.ts";
import type { ActionContext } from "./action-context.ts";

/** The actions that all console types share. `keys` are those of all actions, for the help. */
export function pageActions(context: ActionContext, keys: () => HelpKeys): readonly Tool[] {
  const { actions, help } = texts();
  return [
    // The whole page, so that the bar and warnings stay visible.
    fullScreenTool(document.documentElement, context),
    { label: actions.settings, place: "more", group: "page", letter: "s", run: () => void openSettings(context) },
    { label: actions.help, place: "more", group: "page", letter: "?", run: () => void openHelp(context, keys) },
    { label: actions.statistics, place: "more", group: "page", letter: "i", run: () => void showStatistics(context) },
    { label: actions.hideBar, place: "more", group: "page", letter: "h", run: () => hideBar(context) },
    { label: help.renew, place: "letter-only", letter: "r", run: context.renew },
    themeAction("system"),
    themeAction("light"),
    themeAction("dark"),
    {
      label: actions.disconnect,
      place: "end-or-more",
      face: { text: actions.disconnect },
      group: "end",
      apart: true,
      run: context.disconnect,
    },
  ];
}

function themeAction(theme: "system" | "light" | "dark"): Tool {
  const { actions, settings: labels } = texts();
  return {
    label: `${actions.theme}: ${labels[theme]}`,
    place: "more",
    group: "theme",
    checked: () => settings.current.theme === theme,
    run: () => {
      settings.change({ theme });
    },
  };
}

function hideBar({ shell, refocus }: ActionContext): void {
  shell.setBarHidden(true);
  shell.toasts.show(format(texts().notices.barHidden, { keys: leaveKeys() }));
  refocus();
}

async function openSettings(context: ActionContext): Promise<void> {
  const part = await loadPart(import("../dialogs/settings-dialog.ts"), context);
  part?.openSettingsDialog(context.settings, settings, context.signal);
}

async function openHelp(context: ActionContext, keys: () => HelpKeys): Promise<void> {
  const part = await loadPart(import("../dialogs/help-dialog.ts"), context);
  part?.openHelpDialog(keys(), context.hasGestures, context.signal);
}

async function showStatistics(context: ActionContext): Promise<void> {
  const part = await loadPart(import("../shell/statistics-row.ts"), context);
  const close = (): void => {
    context.shell.setTray("top", undefined);
    context.refocus();
  };
  if (part !== undefined) context.shell.setTray("top", part.createStatisticsRow(context.statistics, close));
}
