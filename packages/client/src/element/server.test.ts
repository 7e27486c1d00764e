import { expect, test } from "vitest";
import { defineConsoleElements } from "./index.ts";

test("imports on a server, where defining does nothing", () => {
  expect(typeof HTMLElement).toBe("undefined");
  expect(() => defineConsoleElements()).not.toThrow();
});
