import { expect, it } from "vitest";
import { defineConsoleElements } from "../element.ts";

it("imports on a server, where defining does nothing", () => {
  expect(typeof HTMLElement).toBe("undefined");
  expect(() => defineConsoleElements()).not.toThrow();
});
