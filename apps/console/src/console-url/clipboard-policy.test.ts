import { expect, test } from "vitest";
import { parseClipboardPolicy } from "./clipboard-policy.ts";

test.each([
  ["", {}],
  ["both", { clipboard: "both" }],
  ["to-machine 4096", { clipboard: "to-machine", maxClipboardBytes: 4096 }],
  ["none", { clipboard: "none" }],
  ["sideways", { clipboard: "none" }],
  ["both many", { clipboard: "none" }],
])("“%s” in the page", (written, options) => {
  expect(parseClipboardPolicy(written)).toEqual(options);
});
