import { describe, expect, test } from "vitest";
import bar from "./bar.css?raw";
import controls from "./controls.css?raw";
import tokensSheet from "./tokens.css?raw";
import tools from "./tools.css?raw";

const tokens = new Map(
  [...tokensSheet.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);
const rules = (controls + bar + tools).replaceAll(/\/\*.*?\*\//gs, "");

type Scheme = "light" | "dark";

/** Luminance (WCAG 2.2, "relative luminance"). */
function luminanceOf(name: string, scheme: Scheme): number {
  const color = tokens.get(name)?.[scheme];
  if (color === undefined) throw new Error(`tokens.css: expected a color --${name}`);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(color: string, ground: string, scheme: Scheme): number {
  const [brighter = 0, darker = 0] = [luminanceOf(color, scheme), luminanceOf(ground, scheme)].toSorted(
    (a, b) => b - a,
  );
  return (brighter + 0.05) / (darker + 0.05);
}

/** The token that the rule of `selector` uses for `property`. */
function tokenOf(selector: string, property: string): string {
  for (const [, selectors = "", body = ""] of rules.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!selectors.split(",").some((one) => one.trim() === selector)) continue;
    const token = new RegExp(`\\b${property}: [^;]*var\\(--([\\w-]+)\\);`).exec(body)?.[1];
    if (token !== undefined) return token;
  }
  throw new Error(`expected a rule ${selector} with ${property}`);
}

describe.each(["light", "dark"] as const)("in %s", (scheme) => {
  // WCAG 1.4.3
  test.each([
    ["ink", ["stage", "surface", "surface-hover", "surface-press", "terminal", "warn-surface", "bad-surface"]],
    ["ink-2", ["stage", "surface", "surface-hover", "surface-press", "warn-surface", "bad-surface"]],
    ["ink-3", ["stage", "surface"]],
    ["on-ink", ["ink", "ink-hover"]],
  ])("text in %s is readable", (color, grounds) => {
    for (const ground of grounds) expect(contrastOf(color, ground, scheme), ground).toBeGreaterThanOrEqual(4.5);
  });

  test("letters on a held tool are readable", () => {
    const [letters, ground] = [tokenOf(".tool-held", "color"), tokenOf(".tool-held", "background")];
    expect(contrastOf(letters, ground, scheme)).toBeGreaterThanOrEqual(4.5);
  });

  // WCAG 1.4.11
  test.each([".field input", ".field textarea", ".setting select"])("the border of %s can be seen", (selector) => {
    const border = tokenOf(selector, "border");
    for (const ground of ["surface", tokenOf(selector, "background")]) {
      expect(contrastOf(border, ground, scheme), ground).toBeGreaterThanOrEqual(3);
    }
  });

  test("which tools are held, and where the keyboard is, can be seen", () => {
    for (const ground of ["surface", "surface-press"]) {
      expect(contrastOf("focus", ground, scheme), ground).toBeGreaterThanOrEqual(3);
    }
  });
});
