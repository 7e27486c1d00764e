import type { ConnectionStatistics } from "@curfew/client";
import type { VncStatistics } from "@curfew/client/vnc";
import { fill } from "@curfew/client/messages";
import { settings } from "../settings/settings-store.ts";
import { toolButton } from "../views/buttons.ts";
import { icon } from "../views/icons.ts";
import { attachMenu, type MenuItem } from "../views/menu.ts";
import { exitKeys } from "../words/key-names.ts";
import { words } from "../words/words.ts";

/** The toolbar of a console: its buttons, and the keys that act while it has the keyboard. */
export interface Tools {
  readonly buttons: readonly HTMLElement[];
  readonly letters: ReadonlyMap<string, () => void>;
}

/** What the tools of both console types need from the page. */
export interface ToolContext {
  readonly type: "vnc" | "serial";
  /** The machine's name, for file names. */
  readonly name: () => string;
  /** Gives the keyboard back to the console. */
  readonly refocus: () => void;
  readonly toast: (text: string) => void;
  /** Tells what did not work. */
  readonly warn: (text: string) => void;
  readonly disconnect: () => void;
  /** Renews the session, where the page can. */
  readonly renew: () => void;
  /** Puts a menu into the bar, which is a landmark, until the console is over. */
  readonly addOverlay: (overlay: HTMLElement) => void;
  /** Puts a row above or below the picture; null takes it away. `onGone` is called once it is not there any more. */
  readonly setTray: (place: "top" | "bottom", row: HTMLElement | null, onGone?: () => void) => void;
  readonly hideBar: () => void;
  /** Tells that the console sends no input from now on, or does again. */
  readonly setViewOnly: (viewOnly: boolean) => void;
  readonly statistics: () => ConnectionStatistics & Partial<VncStatistics>;
  /** Aborted when the console is over: closes what the tools have open. */
  readonly signal: AbortSignal;
}

/** Full screen for the whole page, so that bar and warnings stay in sight. Null where there is none. */
export function fullScreenTool(context: ToolContext): HTMLButtonElement | null {
  if (!document.fullscreenEnabled) return null;
  const button = toolButton(words().tools.fullScreen, () => void toggleFullScreen(context), { icon: "maximize" });
  button.classList.add("wide-only");
  document.addEventListener(
    "fullscreenchange",
    () => {
      const full = document.fullscreenElement !== null;
      const label = full ? words().tools.leaveFullScreen : words().tools.fullScreen;
      button.setAttribute("aria-label", label);
      button.title = label;
      button.replaceChildren(icon(full ? "minimize" : "maximize"));
    },
    { signal: context.signal },
  );
  return button;
}

/** The part of the Keyboard Lock API that is used, in browsers that have it. */
interface LockingNavigator extends Navigator {
  readonly keyboard?: { lock: () => Promise<void> };
}

/** The browser gives locked keys back by itself when full screen ends. */
async function toggleFullScreen(context: ToolContext): Promise<void> {
  try {
    if (document.fullscreenElement === null) {
      await document.documentElement.requestFullscreen({ navigationUI: "hide" });
      await (navigator as LockingNavigator).keyboard?.lock().catch(() => {});
    } else await document.exitFullscreen();
    context.refocus();
  } catch {
    context.warn(words().notices.noFullScreen);
  }
}

export function disconnectTool(context: ToolContext): HTMLButtonElement {
  const button = toolButton(words().tools.disconnect, context.disconnect, { icon: "unplug" });
  button.classList.add("tool-apart");
  return button;
}

/** What the page can do beside the console's own tools, by the letter that does it from the toolbar. */
export function pageLetters(context: ToolContext): Map<string, () => void> {
  return new Map([
    ["f", () => void toggleFullScreen(context)],
    ["h", () => hideBar(context)],
    ["i", () => void showStatistics(context)],
    ["r", context.renew],
    ["s", () => void openSettings(context)],
    ["?", () => void openHelp(context)],
  ]);
}

/** The menu of everything that has no button, or none that fits. `own` comes first. */
export function moreTool(context: ToolContext, own: readonly (readonly MenuItem[])[]): HTMLElement {
  const { tools, settings: labels } = words();
  const button = toolButton(tools.more, () => {}, { icon: "ellipsis" });
  const theme = (value: "system" | "light" | "dark"): MenuItem => ({
    label: `${tools.theme}: ${labels[value]}`,
    checked: () => settings.current.theme === value,
    onChoose: () => {
      settings.change({ theme: value });
    },
  });
  const page: readonly MenuItem[] = [
    ...(document.fullscreenEnabled
      ? [{ label: tools.fullScreen, narrow: true, onChoose: () => void toggleFullScreen(context) }]
      : []),
    { label: tools.settings, hint: "S", onChoose: () => void openSettings(context) },
    { label: tools.help, hint: "?", onChoose: () => void openHelp(context) },
    { label: tools.statistics, hint: "I", onChoose: () => void showStatistics(context) },
    { label: tools.hideBar, hint: "H", onChoose: () => hideBar(context) },
  ];
  settings.follow(() => {
    if (!settings.kept) context.warn(words().notices.settingsNotKept);
  }, context.signal);
  const groups = [...own, page, [theme("system"), theme("light"), theme("dark")]];
  context.addOverlay(attachMenu(button, tools.more, groups, { onDone: context.refocus }));
  return button;
}

function hideBar(context: ToolContext): void {
  context.hideBar();
  context.toast(fill(words().notices.barHidden, { keys: exitKeys() }));
  context.refocus();
}

/**
 * A part of the page that is fetched when it is wanted. Null when the console is over meanwhile, and, with a word about
 * it, where the part cannot be fetched.
 */
export async function loadPart<Part>(part: Promise<Part>, context: ToolContext): Promise<Part | null> {
  try {
    const loaded = await part;
    return context.signal.aborted ? null : loaded;
  } catch {
    if (!context.signal.aborted) context.warn(words().cards.viewerMissingSentence);
    return null;
  }
}

async function openSettings(context: ToolContext): Promise<void> {
  const part = await loadPart(import("../views/settings-dialog.ts"), context);
  part?.openSettingsDialog(context.type, settings, context.signal);
}

async function openHelp(context: ToolContext): Promise<void> {
  const part = await loadPart(import("../views/help-dialog.ts"), context);
  part?.openHelpDialog(context.type, context.signal);
}

async function showStatistics(context: ToolContext): Promise<void> {
  const part = await loadPart(import("../views/statistics-row.ts"), context);
  const close = (): void => {
    context.setTray("top", null);
    context.refocus();
  };
  if (part !== null) context.setTray("top", part.createStatisticsRow(context.statistics, close));
}
