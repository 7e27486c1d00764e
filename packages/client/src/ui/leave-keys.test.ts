import { afterEach, expect, test, vi } from "vitest";
import type * as LeaveKeys from "./leave-keys.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** The module as it is on a computer. */
async function on(platform: string | undefined): Promise<typeof LeaveKeys> {
  vi.stubGlobal("navigator", platform === undefined ? undefined : { platform });
  vi.resetModules();
  return import("./leave-keys.ts");
}

test.each([
  ["MacIntel", ["Alt", "Shift", "Meta"], "⌥⇧⌘"],
  ["iPad", ["Alt", "Shift", "Meta"], "⌥⇧⌘"],
  ["Win32", ["Control", "Alt", "Shift"], "Ctrl + Alt + Shift"],
  ["Linux x86_64", ["Control", "Alt", "Shift"], "Ctrl + Alt + Shift"],
  [undefined, ["Control", "Alt", "Shift"], "Ctrl + Alt + Shift"],
] as const)("the keys that leave a console on %s are %j, written %s", async (platform, keys, label) => {
  const { LEAVE_KEYS, leaveKeysLabel } = await on(platform);
  expect(LEAVE_KEYS).toEqual(keys);
  expect(leaveKeysLabel()).toBe(label);
});

test("keys of the page's own are written in the order that is usual, and in its language where they are words", async () => {
  const elsewhere = await on("Win32");
  expect(elsewhere.leaveKeysLabel(["Shift", "Control"], { Control: "Strg" })).toBe("Strg + Shift");
  expect(elsewhere.leaveKeysLabel([])).toBe("");
  const { leaveKeysLabel } = await on("MacIntel");
  expect(leaveKeysLabel(["Shift", "Control"], { Control: "Strg" })).toBe("⌃⇧");
});
