import { closingButton } from "@curfew/client/toolbar";
import { createElement } from "@curfew/client/ui";
import { keyNames, leaveKeys } from "../locales/key-names.ts";
import { texts } from "../locales/texts.ts";
import { openDialog } from "./dialog.ts";

/** A key or gesture, and what it does. */
export type HelpRow = readonly [input: string, effect: string];

/** The keys of the actions. */
export interface HelpKeys {
  /** Key combinations that work everywhere on the page. */
  readonly shortcuts: readonly HelpRow[];
  /** Keys that work while the bar has the keyboard. */
  readonly letters: readonly HelpRow[];
}

/**
 * The keys and gestures of the page.
 *
 * @param hasGestures - whether the viewer has touch gestures
 */
export function openHelpDialog({ shortcuts, letters }: HelpKeys, hasGestures: boolean, signal: AbortSignal): void {
  const { help, actions, settings } = texts();
  const keyboard: readonly HelpRow[] = [
    [leaveKeys(), help.toToolbar],
    [keyNames("esc"), help.toConsole],
    [`← → ${keyNames("home")} ${keyNames("end")}`, help.inToolbar],
    ...shortcuts,
  ];
  openDialog({
    title: actions.help,
    fields: [
      createElement("h3", {}, help.keyboard),
      list(keyboard, "kbd"),
      createElement("p", { class: "dialog-note" }, help.letters),
      list(letters, "kbd"),
      createElement("p", { class: "dialog-note" }, help.fullScreenKeys),
      ...(hasGestures ? touchHelp() : []),
    ],
    actions: [closingButton(settings.close)],
    signal,
  });
}

function touchHelp(): readonly HTMLElement[] {
  const { help } = texts();
  const trackpad: readonly HelpRow[] = [
    [help.oneFinger, help.oneFingerDoes],
    [help.pressDrag, help.dragDoes],
  ];
  return [
    createElement("h3", {}, help.touch),
    list(gestures(), "span"),
    createElement("p", { class: "dialog-note" }, help.trackpad),
    list(trackpad, "span"),
  ];
}

/** noVNC's gestures, and zooming. */
function gestures(): readonly HelpRow[] {
  const { help } = texts();
  return [
    [help.tap, help.tapDoes],
    [help.twoTap, help.twoTapDoes],
    [help.threeTap, help.threeTapDoes],
    [help.drag, help.dragDoes],
    [help.scroll, help.scrollDoes],
    [help.pinch, help.pinchDoes],
  ];
}

function list(rows: readonly HelpRow[], tag: "kbd" | "span"): HTMLElement {
  return createElement(
    "dl",
    { class: "keys" },
    ...rows.map(([input, effect]) =>
      createElement("div", {}, createElement("dt", {}, createElement(tag, {}, input)), createElement("dd", {}, effect)),
    ),
  );
}
