import { beforeAll, expect, test } from "vitest";
import { loadTexts } from "../locales/load-texts.ts";
import { setTexts } from "../locales/texts.ts";
import { helpKeys } from "./help-keys.ts";
import type { Tool } from "@curfew/client/toolbar";

beforeAll(async () => {
  setTexts(await loadTexts(["de"]));
});

const run = (): void => {};

test("the help lists the letters and shortcuts of the actions that are available, letters before signs", () => {
  const actions: readonly Tool[] = [
    { label: "Find", place: "toolbar", face: { text: "Find" }, letter: "/", shortcut: "F", run },
    { label: "Settings", place: "more", group: "page", letter: "s", run },
    { label: "Full screen", place: "letter-only", letter: "f", available: false, run },
    { label: "Hide", place: "letter-only", letter: "h", run },
    { label: "Disconnect", place: "end-or-more", face: { text: "Disconnect" }, group: "end", run },
  ];
  expect(helpKeys(actions)).toEqual({
    letters: [
      ["H", "Hide"],
      ["S", "Settings"],
      ["/", "Find"],
    ],
    shortcuts: [["Strg + Umschalt + F", "Find"]],
  });
});
