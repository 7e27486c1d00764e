import { expect, test } from "vitest";
import { fileName } from "./downloads.ts";

const at = new Date(2026, 2, 1, 14, 3, 22);

test.each([
  ["web-03", "web-03 2026-03-01 14.03.22.png"],
  ["../../etc/passwd", "etc-passwd 2026-03-01 14.03.22.png"],
  ["Büro 1/2", "Büro-1-2 2026-03-01 14.03.22.png"],
  ["", "console 2026-03-01 14.03.22.png"],
])("a file of machine %j is named %j", (machine, expected) => {
  expect(fileName(machine, at, "png")).toBe(expected);
});
