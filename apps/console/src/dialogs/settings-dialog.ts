import { LANGUAGE_NAMES } from "@curfew/client/messages";
import { createElement } from "@curfew/client/ui";
import { texts } from "../locales/texts.ts";
import { MAX_FONT_SIZE, MIN_FONT_SIZE, type Settings } from "../settings/fields.ts";
import type { SettingsStore } from "../settings/settings-store.ts";
import { textButton } from "../widgets/buttons.ts";
import { closingButton, openDialog } from "./dialog.ts";

type NameOf<Value> = {
  [Name in keyof Settings]: Settings[Name] extends Value ? Name : never;
}[keyof Settings];

/** The settings for a console of `type`. Changes apply immediately. */
export function openSettingsDialog(type: "vnc" | "serial", store: SettingsStore, signal: AbortSignal): void {
  const { settings: labels, actions } = texts();
  const fields = createElement("div", { class: "settings" });
  const render = (): void => {
    fields.replaceChildren(...commonFields(store), ...(type === "vnc" ? vncFields(store) : serialFields(store)));
  };
  render();
  const reset = textButton(labels.reset, () => {
    store.reset();
    render();
  });
  openDialog({ title: actions.settings, fields: [fields], actions: [reset, closingButton(labels.close)], signal });
}

function commonFields(store: SettingsStore): HTMLElement[] {
  const { settings: labels } = texts();
  return [
    choice(store, "language", labels.language, { auto: labels.browserDefault, ...LANGUAGE_NAMES }),
    note(labels.languageNote),
    choice(store, "theme", labels.theme, { system: labels.system, light: labels.light, dark: labels.dark }),
    flag(store, "wakeLock", labels.wakeLock),
  ];
}

function vncFields(store: SettingsStore): HTMLElement[] {
  const { settings: labels, display } = texts();
  return [
    choice(store, "scale", labels.scale, { fit: display.fit, none: display.none, remote: display.remote }),
    range(store, "quality", labels.quality, 0, 9),
    range(store, "compression", labels.compression, 0, 9),
    flag(store, "dotCursor", labels.dotCursor),
    flag(store, "clipboardSync", labels.clipboardSync),
    note(labels.clipboardNote),
  ];
}

function serialFields(store: SettingsStore): HTMLElement[] {
  const { settings: labels } = texts();
  return [
    range(store, "fontSize", labels.fontSize, MIN_FONT_SIZE, MAX_FONT_SIZE),
    choice(store, "terminalTheme", labels.terminalTheme, {
      page: labels.matchPage,
      light: labels.light,
      dark: labels.dark,
    }),
    choice(store, "lineEnding", labels.lineEnding, { cr: "CR", lf: "LF", crlf: "CR LF" }),
    flag(store, "localEcho", labels.localEcho),
    flag(store, "webgl", labels.webgl),
    flag(store, "screenReader", labels.screenReader),
    note(labels.terminalNote),
  ];
}

function note(text: string): HTMLElement {
  return createElement("p", { class: "dialog-note" }, text);
}

/** @param options - the label of each value, in the order in which they are listed */
function choice<Name extends NameOf<string>>(
  store: SettingsStore,
  name: Name,
  label: string,
  options: Readonly<Record<Settings[Name], string>>,
): HTMLElement {
  const input = createElement(
    "select",
    {},
    ...Object.entries<string>(options).map(([value, text]) =>
      createElement("option", { value, selected: store.current[name] === value }, text),
    ),
  );
  input.addEventListener("change", () => {
    store.change({ [name]: input.value });
  });
  return createElement("label", { class: "setting" }, createElement("span", {}, label), input);
}

function range(store: SettingsStore, name: NameOf<number>, label: string, min: number, max: number): HTMLElement {
  const value = String(store.current[name]);
  const input = createElement("input", { type: "range", min: String(min), max: String(max), value });
  const output = createElement("output", {}, value);
  input.addEventListener("input", () => {
    output.value = input.value;
    store.change({ [name]: input.valueAsNumber });
  });
  return createElement("label", { class: "setting" }, createElement("span", {}, label), input, output);
}

function flag(store: SettingsStore, name: NameOf<boolean>, label: string): HTMLElement {
  const input = createElement("input", { type: "checkbox", checked: store.current[name] });
  input.addEventListener("change", () => {
    store.change({ [name]: input.checked });
  });
  return createElement("label", { class: "setting" }, createElement("span", {}, label), input);
}
