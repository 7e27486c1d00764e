import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SERIAL_KIND, VNC_KIND } from "../src/element/kinds.ts";
import type { ConsolePhase } from "../src/element/phase.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const section = /## As an element\n([^]*?)\n## /.exec(read("../README.md"))?.[1] ?? "";
const sources = readdirSync(new URL("../src/element", import.meta.url))
  .filter((name) => !name.includes(".test."))
  .map((name) => read(`../src/element/${name}`))
  .join("\n");

/** The words in code type of the part of a text that `pattern` finds. */
function named(pattern: RegExp): string[] {
  const text = pattern.exec(section)?.[0] ?? "";
  return [...text.matchAll(/`([\w-]+)`/g)].map(([, name]) => name ?? "").toSorted();
}

const found = (pattern: RegExp): string[] =>
  [...new Set([...sources.matchAll(pattern)].flatMap(([, names]) => (names ?? "").split(" ")))].toSorted();

describe("README.md on the elements", () => {
  test("has every attribute in its table, and no other", () => {
    const rows = [...section.matchAll(/^\| (`[^|]+`) +\|/gm)].map(([, cell]) => cell).join(" ");
    const attributes = [...rows.matchAll(/`([\w-]+)`/g)].map(([, name]) => name ?? "");
    const known = ["url", "autoconnect", "lang", ...Object.keys({ ...VNC_KIND.attributes, ...SERIAL_KIND.attributes })];
    expect(attributes.toSorted()).toEqual([...new Set(known)].toSorted());
  });

  test("names every event and every status", () => {
    const events = new Set([...VNC_KIND.events, ...SERIAL_KIND.events].map((name) => `curfew-${name}`));
    const statuses: Record<ConsolePhase, true> = {
      idle: true,
      connecting: true,
      connected: true,
      expiring: true,
      renewing: true,
      "renew-failed": true,
      inactive: true,
      renewed: true,
      reconnecting: true,
      closed: true,
    };
    const listed = named(/The events .*? bubble/).filter((name) => !["curfew-vnc", "curfew-serial"].includes(name));
    expect([...new Set(listed)]).toEqual([...events].toSorted());
    expect(named(/in one word: .*/)).toEqual(Object.keys(statuses).toSorted());
  });

  test("names every custom property, part and slot", () => {
    expect(named(/custom properties .*?, or style/)).toEqual(found(/var\((--curfew-[\w-]+)/g));
    expect(named(/style the parts .*?\./)).toEqual(
      [...found(/part\(\s*"\w+",\s*"([\w-]+)"/g), "button", "primary", "quiet"].toSorted(),
    );
    expect(named(/fill a slot: .*/)).toEqual(found(/"slot",\s*\{ name: "(\w+)" \}/g));
  });
});
