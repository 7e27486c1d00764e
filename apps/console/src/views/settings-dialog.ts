import type { Settings } from "../settings/fields.ts";
import { largestFont, smallestFont } from "../settings/fields.ts";
import type { SettingsStore } from "../settings/settings-store.ts";
import { words } from "../words/words.ts";
import { textButton } from "./buttons.ts";
import { closingButton, openDialog } from "./dialog.ts";
import { element } from "./element.ts";

type NameOf<Value> = {
  [Name in keyof Settings]: Settings[Name] extends Value ? Name : never;
}[keyof Settings];

/** The languages' own names. */
const languageNames: readonly (readonly [Settings["language"], string])[] = [
  ["de", "Deutsch"],
  ["en", "English"],
  ["es", "Español"],
  ["fr", "Français"],
  ["ja", "日本語"],
  ["zh-Hans", "简体中文"],
];

/** The settings that matter for a console of `type`. Every change holds at once. */
export function openSettingsDialog(type: "vnc" | "serial", store: SettingsStore, signal: AbortSignal): void {
  const { settings: labels, tools } = words();
  const fields = element("div", { class: "settings" });
  const fill = (): void => {
    fields.replaceChildren(...common(store), ...(type === "vnc" ? vnc(store) : serial(store)));
  };
  fill();
  const reset = textButton(labels.reset, () => {
    store.reset();
    fill();
  });
  openDialog({ title: tools.settings, fields: [fields], actions: [reset, closingButton(labels.close)], signal });
}

function common(store: SettingsStore): HTMLElement[] {
  const { settings: labels } = words();
  return [
    choice(store, "language", labels.language, [["auto", labels.asBrowser], ...languageNames]),
    element("p", { class: "dialog-note" }, labels.languageNote),
    choice(store, "theme", labels.theme, [
      ["system", labels.system],
      ["light", labels.light],
      ["dark", labels.dark],
    ]),
    flag(store, "wakeLock", labels.wakeLock),
  ];
}

function vnc(store: SettingsStore): HTMLElement[] {
  const { settings: labels, display } = words();
  return [
    choice(store, "scale", labels.scale, [
      ["fit", display.fit],
      ["none", display.none],
      ["remote", display.remote],
    ]),
    range(store, "quality", labels.quality, 0, 9),
    range(store, "compression", labels.compression, 0, 9),
    flag(store, "dotCursor", labels.dotCursor),
    flag(store, "clipboardSync", labels.clipboardSync),
    element("p", { class: "dialog-note" }, labels.nextClipboard),
  ];
}

function serial(store: SettingsStore): HTMLElement[] {
  const { settings: labels } = words();
  return [
    range(store, "fontSize", labels.fontSize, smallestFont, largestFont),
    choice(store, "terminalTheme", labels.terminalTheme, [
      ["page", labels.asPage],
      ["light", labels.light],
      ["dark", labels.dark],
    ]),
    choice(store, "lineEnding", labels.lineEnding, [
      ["cr", "CR"],
      ["lf", "LF"],
      ["crlf", "CR LF"],
    ]),
    flag(store, "localEcho", labels.localEcho),
    flag(store, "webgl", labels.webgl),
    flag(store, "screenReader", labels.screenReader),
    element("p", { class: "dialog-note" }, labels.nextTerminal),
  ];
}

function choice<Name extends NameOf<string>>(
  store: SettingsStore,
  name: Name,
  label: string,
  options: readonly (readonly [value: Settings[Name], label: string])[],
): HTMLElement {
  const input = element(
    "select",
    {},
    ...options.map(([value, text]) => element("option", { value, selected: store.current[name] === value }, text)),
  );
  input.addEventListener("change", () => {
    store.change({ [name]: input.value });
  });
  return element("label", { class: "setting" }, element("span", {}, label), input);
}

function range(store: SettingsStore, name: NameOf<number>, label: string, least: number, most: number): HTMLElement {
  const value = String(store.current[name]);
  const input = element("input", { type: "range", min: String(least), max: String(most), value });
  const output = element("output", {}, value);
  input.addEventListener("input", () => {
    output.value = input.value;
    store.change({ [name]: input.valueAsNumber });
  });
  return element("label", { class: "setting" }, element("span", {}, label), input, output);
}

function flag(store: SettingsStore, name: NameOf<boolean>, label: string): HTMLElement {
  const input = element("input", { type: "checkbox", checked: store.current[name] });
  input.addEventListener("change", () => {
    store.change({ [name]: input.checked });
  });
  return element("label", { class: "setting" }, element("span", {}, label), input);
}
