import { LANGUAGE_NAMES } from "@curfew/client/messages";
import { closingButton } from "@curfew/client/toolbar";
import { createElement } from "@curfew/client/ui";
import { canNotify } from "../browser/tab-alerts.ts";
import { texts } from "../locales/texts.ts";
import { MAX_FONT_SIZE, MIN_FONT_SIZE, type SettingName, type Settings } from "../settings/fields.ts";
import type { SettingsStore } from "../settings/settings-store.ts";
import { textButton } from "../widgets/buttons.ts";
import { openDialog } from "./dialog.ts";

type NameOf<Value> = {
  [Name in SettingName]: Settings[Name] extends Value ? Name : never;
}[SettingName];

/** Settings of the page, for every console type. */
const PAGE_SETTINGS: readonly SettingName[] = ["language", "theme", "wakeLock", "notify"];

/**
 * The settings of the page and of a console. Changes apply immediately.
 *
 * @param names - the settings of the console's type, in order
 */
export function openSettingsDialog(names: readonly SettingName[], store: SettingsStore, signal: AbortSignal): void {
  const { settings: labels, actions } = texts();
  const fields = createElement("div", { class: "settings" });
  const render = (): void => {
    fields.replaceChildren(...[...PAGE_SETTINGS, ...names].flatMap((name) => FIELDS[name](store)));
  };
  render();
  const reset = textButton(labels.reset, () => {
    store.reset();
    render();
  });
  openDialog({ title: actions.settings, fields: [fields], actions: [reset, closingButton(labels.close)], signal });
}

/** The field of each setting, with a note where it needs one. */
const FIELDS: Readonly<Record<SettingName, (store: SettingsStore) => readonly HTMLElement[]>> = {
  language: (store) => {
    const { settings: labels } = texts();
    const languages = { auto: labels.browserDefault, ...LANGUAGE_NAMES };
    return [choice(store, "language", labels.language, languages), note(labels.languageNote)];
  },
  theme: (store) => {
    const { theme, system, light, dark } = texts().settings;
    return [choice(store, "theme", theme, { system, light, dark })];
  },
  wakeLock: (store) => [flag(store, "wakeLock", texts().settings.wakeLock)],
  notify: (store) => {
    if (!canNotify()) return [];
    const field = flag(store, "notify", texts().settings.notify);
    // Browsers ask at a click only.
    field.addEventListener("change", () => {
      if (store.current.notify) void Notification.requestPermission();
    });
    return [field];
  },
  scale: (store) => {
    const { fit, none, remote } = texts().display;
    return [choice(store, "scale", texts().settings.scale, { fit, none, remote })];
  },
  quality: (store) => [range(store, "quality", texts().settings.quality, 0, 9)],
  compression: (store) => [range(store, "compression", texts().settings.compression, 0, 9)],
  dotCursor: (store) => [flag(store, "dotCursor", texts().settings.dotCursor)],
  clipboardSync: (store) => {
    const { clipboardSync, clipboardNote } = texts().settings;
    return [flag(store, "clipboardSync", clipboardSync), note(clipboardNote)];
  },
  trackpad: (store) =>
    matchMedia("(any-pointer: coarse)").matches ? [flag(store, "trackpad", texts().actions.trackpad)] : [],
  keyboardLayout: (store) => {
    const { layout, layoutAuto } = texts().text;
    return [choice(store, "keyboardLayout", layout, { auto: layoutAuto, ...layoutNames() })];
  },
  fontSize: (store) => [range(store, "fontSize", texts().settings.fontSize, MIN_FONT_SIZE, MAX_FONT_SIZE)],
  terminalTheme: (store) => {
    const { terminalTheme, matchPage, light, dark } = texts().settings;
    return [choice(store, "terminalTheme", terminalTheme, { page: matchPage, light, dark })];
  },
  lineEnding: (store) => [
    choice(store, "lineEnding", texts().settings.lineEnding, { cr: "CR", lf: "LF", crlf: "CR LF" }),
  ],
  localEcho: (store) => [flag(store, "localEcho", texts().settings.localEcho)],
  terminalSize: (store) => {
    const { actions, display } = texts();
    return [choice(store, "terminalSize", actions.terminalSize, { fit: display.fit, "80x24": "80 × 24" })];
  },
  backspace: (store) => [
    choice(store, "backspace", texts().terminal.backspace, { del: "DEL (127)", bs: "BS (8, Ctrl + H)" }),
  ],
  encoding: (store) => [
    choice(store, "encoding", texts().terminal.encoding, {
      "utf-8": "UTF-8",
      latin1: "Latin-1 (ISO 8859-1)",
      cp437: "CP437 (DOS)",
    }),
  ],
  convertEol: (store) => [flag(store, "convertEol", texts().terminal.convertEol)],
  copyOnSelect: (store) => [flag(store, "copyOnSelect", texts().terminal.copyOnSelect)],
  bell: (store) => {
    const { bell, bellFlash, bellOff, bellSound } = texts().terminal;
    return [choice(store, "bell", bell, { flash: bellFlash, sound: bellSound, off: bellOff })];
  },
  webgl: (store) => [flag(store, "webgl", texts().settings.webgl)],
  screenReader: (store) => {
    const { screenReader, terminalNote } = texts().settings;
    return [flag(store, "screenReader", screenReader), note(terminalNote)];
  },
};

/** The layouts are named after the countries whose keyboards have them. */
function layoutNames(): Record<Exclude<Settings["keyboardLayout"], "auto">, string> {
  const names = new Intl.DisplayNames(texts().sdk.language, { type: "region" });
  const name = (region: string): string => names.of(region) ?? region;
  return {
    us: name("US"),
    gb: name("GB"),
    de: name("DE"),
    fr: name("FR"),
    es: name("ES"),
    it: name("IT"),
    jp: name("JP"),
  };
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
