import { exitKeys, keyNames } from "../words/key-names.ts";
import { words } from "../words/words.ts";
import { closingButton, openDialog } from "./dialog.ts";
import { element } from "./element.ts";

type Row = readonly [input: string, does: string];

/** The keys and gestures that the page knows. */
export function openHelpDialog(type: "vnc" | "serial", signal: AbortSignal): void {
  const { help, tools, settings } = words();
  const keyboard: readonly Row[] = [
    [exitKeys(), help.toToolbar],
    [keyNames("esc"), help.toConsole],
    [`← → ${keyNames("home")} ${keyNames("end")}`, help.inToolbar],
    ...(type === "serial" ? ([[`${keyNames("ctrl", "shift")} + F`, tools.search]] as const) : []),
  ];
  const letters: readonly Row[] = [
    ["F", tools.fullScreen],
    ["H", tools.hideBar],
    ["I", tools.statistics],
    ["R", help.renew],
    ["S", tools.settings],
    ...(type === "serial" ? ([["/", tools.search]] as const) : []),
    ["?", tools.help],
  ];
  const touch: readonly Row[] = [
    [help.tap, help.tapDoes],
    [help.twoTap, help.twoTapDoes],
    [help.threeTap, help.threeTapDoes],
    [help.drag, help.dragDoes],
    [help.scroll, help.scrollDoes],
    [help.pinch, help.pinchDoes],
  ];
  openDialog({
    title: tools.help,
    fields: [
      element("h3", {}, help.keyboard),
      list(keyboard, "kbd"),
      element("p", { class: "dialog-note" }, help.letters),
      list(letters, "kbd"),
      element("p", { class: "dialog-note" }, help.fullScreenKeys),
      ...(type === "vnc" ? [element("h3", {}, help.touch), list(touch, "span")] : []),
    ],
    actions: [closingButton(settings.close)],
    signal,
  });
}

function list(rows: readonly Row[], tag: "kbd" | "span"): HTMLElement {
  return element(
    "dl",
    { class: "keys" },
    ...rows.map(([input, does]) =>
      element("div", {}, element("dt", {}, element(tag, {}, input)), element("dd", {}, does)),
    ),
  );
}
