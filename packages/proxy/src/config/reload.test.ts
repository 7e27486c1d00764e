import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Config } from "./config.ts";
import { merge, nest, valueAt } from "./merge.ts";
import { changesOf, RELOADED, reloadedConfig } from "./reload.ts";
import { describeOptions } from "./schema.ts";

const PATHS = describeOptions().map(({ path }) => path);

/** A configuration whose every option has this value. */
function filled(value: string): Config {
  return PATHS.map((path) => nest(path, value)).reduce(merge, {}) as unknown as Config;
}

test("what is said to take effect is what is taken, and nothing else", () => {
  const [before, next] = [filled("before"), filled("next")];
  const { applied, needRestart } = changesOf(before, next);
  expect([...applied, ...needRestart].toSorted()).toEqual(PATHS.toSorted());
  const taken = reloadedConfig(before, next);
  expect(PATHS.filter((path) => valueAt(taken, path) === "next")).toEqual(applied);
  expect(PATHS.filter((path) => valueAt(taken, path) === "before")).toEqual(needRestart);
});

test("options that are the same are in neither list", () => {
  expect(changesOf(filled("same"), filled("same"))).toEqual({ applied: [], needRestart: [] });
});

test("the document lists them", () => {
  const document = readFileSync(new URL("../../../../docs/operating.md", import.meta.url), "utf8");
  const section = /^## Reloading\n(.*?)^## /ms.exec(document)?.[1] ?? "";
  const listed = [...section.matchAll(/^- `([\w.]+)`/gm)].map(([, path]) => path);
  expect(listed).toEqual(RELOADED);
});
