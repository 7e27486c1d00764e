import { expect, test } from "vitest";
import { createLogger, logError } from "./log.ts";

test("no text of others controls the terminal that shows the log, and JSON parsers read it as it was", () => {
  const lines: string[] = [];
  const log = createLogger("info", { write: (line) => lines.push(line) });
  const hostile = "vm\u001B[2J\r\n\u009B2J\u202Egpj\u2028\u007F";
  log.info({ instance: hostile }, "session opened");
  logError(log, { level: "warn", error: new Error(hostile) }, "token source failed");
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).toMatch(/^\{[^\n]*\}\n$/);
    expect(line.trimEnd()).not.toMatch(/(?! )[\p{C}\p{Z}]/u);
  }
  expect(lines[0]).toContain(String.raw`\u001b[2J\r\n\u009b2J\u202egpj\u2028\u007f`);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ instance: hostile });
  expect(JSON.parse(lines[1] ?? "")).toMatchObject({ err: { message: hostile } });
});
