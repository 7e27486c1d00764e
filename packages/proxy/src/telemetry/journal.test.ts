import { closeSync, fstatSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { expect, test } from "vitest";
import { forJournal, isJournal, withPriority } from "./journal.ts";

test("a descriptor is the journal only where systemd names that very one", () => {
  const fd = openSync(devNull, "w");
  const { dev, ino } = fstatSync(fd);
  expect(isJournal(fd, `${dev}:${ino}`)).toBe(true);
  // What a shell in a service inherits.
  expect(isJournal(fd, `${dev}:${ino + 1}`)).toBe(false);
  expect(isJournal(fd, "")).toBe(false);
  expect(isJournal(fd, undefined)).toBe(false);
  closeSync(fd);
  expect(isJournal(fd, `${dev}:${ino}`)).toBe(false);
});

test.each([
  ["debug", 7],
  ["info", 6],
  ["warn", 4],
  ["error", 3],
  ["fatal", 2],
  ["another", 6],
])("the journal gets a line of the level %s with the priority %i, and no time of its own", (level, priority) => {
  const line = `{"level":"${level}","time":"2026-11-29T12:00:00.000Z","msg":"a"}\n`;
  expect(forJournal(line)).toBe(`<${priority}>{"level":"${level}","msg":"a"}\n`);
  expect(withPriority(level, "a")).toBe(`<${priority}>a`);
});

test("a line of another form reaches the journal as it is", () => {
  expect(forJournal("a\n")).toBe("a\n");
});
