import { expect, test } from "vitest";
import { DEFAULTS } from "./fields.ts";
import { SettingsStore, type SettingsStorage } from "./settings-store.ts";

function holding(text: string | null): SettingsStorage & { text: string | null } {
  return {
    text,
    getItem() {
      return this.text;
    },
    setItem(_key, value) {
      this.text = value;
    },
    removeItem() {
      this.text = null;
    },
  };
}

test("what was chosen is there the next time, and nothing else is kept", () => {
  const storage = holding(null);
  new SettingsStore(() => storage).change({ quality: 9, theme: "dark" });
  expect(JSON.parse(storage.text ?? "")).toEqual({ version: 1, quality: 9, theme: "dark" });
  expect(new SettingsStore(() => storage).current).toEqual({ ...DEFAULTS, quality: 9, theme: "dark" });
});

test.each([
  null,
  "",
  "{",
  "5",
  '{"quality":9}',
  '{"version":2,"quality":9}',
  '{"version":1,"quality":10,"theme":"pink","fontSize":1e9,"webgl":"yes","toString":1}',
])("the stored text %j gives the defaults", (text) => {
  expect(new SettingsStore(() => holding(text)).current).toEqual(DEFAULTS);
});

test("one invalid value does not cost the others", () => {
  const store = new SettingsStore(() => holding('{"version":1,"quality":99,"compression":5}'));
  expect(store.chosen).toEqual({ compression: 5 });
});

test("a blocked storage keeps nothing, says so, and breaks nothing", () => {
  const store = new SettingsStore(() => {
    throw new Error("blocked");
  });
  store.change({ fontSize: 20 });
  expect(store.current.fontSize).toBe(20);
  expect(store.kept).toBe(false);
  store.reset();
  expect(store.current).toEqual(DEFAULTS);
});

test("listeners hear of changes until they are aborted", () => {
  const store = new SettingsStore(() => holding(null));
  const over = new AbortController();
  const heard: number[] = [];
  store.follow(({ quality }) => heard.push(quality), over.signal);
  store.change({ quality: 3 });
  over.abort();
  store.change({ quality: 4 });
  expect(heard).toEqual([6, 3]);
});

test("a change keeps what another tab has chosen in the meantime", () => {
  const storage = holding(null);
  const [one, other] = [new SettingsStore(() => storage), new SettingsStore(() => storage)];
  one.change({ quality: 9 });
  other.change({ theme: "dark" });
  expect(JSON.parse(storage.text ?? "")).toEqual({ version: 1, quality: 9, theme: "dark" });
  expect(other.current).toEqual({ ...DEFAULTS, quality: 9, theme: "dark" });
});

test("what another tab keeps is taken over, and what it takes back", () => {
  const storage = holding(null);
  const [one, other] = [new SettingsStore(() => storage), new SettingsStore(() => storage)];
  const heard: number[] = [];
  one.follow(({ quality }) => heard.push(quality));
  other.change({ quality: 9 });
  one.takeOver("something else");
  one.takeOver("curfew.console.settings");
  other.reset();
  one.takeOver(null);
  expect(heard).toEqual([6, 9, 6]);
});

test("what could not be kept holds all the same, change after change", () => {
  const storage = {
    ...holding(null),
    setItem: () => {
      throw new Error("full");
    },
  };
  const store = new SettingsStore(() => storage);
  store.change({ quality: 9 });
  store.change({ theme: "dark" });
  expect(store.current).toEqual({ ...DEFAULTS, quality: 9, theme: "dark" });
});
