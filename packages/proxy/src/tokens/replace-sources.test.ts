import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import { type NamedSource, openSources, type TokenOptions } from "./open.ts";
import { giveUpSources, LeftSources, replaceSources } from "./replace-sources.ts";
import { TestFolder } from "../../test/support/folder.ts";

const log = createLogger("silent");
const nova = { validate_console_port: "skip", rpc: {} } as TokenOptions["nova"];

function options(sources: TokenOptions["sources"]): TokenOptions {
  return { store: "sqlite", path: ":memory:", sources, nova };
}

const file = (path: string): TokenOptions["sources"][number] => ({ type: "file", path, console_type: "vnc" });

afterEach(() => vi.useRealTimers());

test("sources with the same options stay open, wherever they are in the list; others are opened and left", async () => {
  await using folder = await TestFolder.create();
  const [a, b, c] = ["a", "b", "c"].map((name) => join(folder.path, name)) as [string, string, string];
  for (const path of [a, b, c]) await writeFile(path, "");
  const before = options([file(a), file(b)]);
  const own: NamedSource = { name: "tokens", source: { resolve: async () => undefined } };
  const current = [own, ...openSources(before)];
  const { sources, left } = await replaceSources(current, before, options([file(c), file(a)]), log);
  expect(sources.map(({ name }) => name)).toEqual(["tokens", "tokens.sources.0 (file)", "tokens.sources.1 (file)"]);
  expect(sources[0]).toBe(own);
  expect(sources[2]?.source).toBe(current[1]?.source);
  expect(left).toEqual([current[2]]);
  for (const { source } of [...sources, ...left]) await source.close?.();
});

test("a source that cannot be opened changes nothing, and is named", async () => {
  const before = options([]);
  const broken = options([{ type: "jwt", key_file: "/nonexistent/key.pem" } as TokenOptions["sources"][number]]);
  await expect(replaceSources([], before, broken, log)).rejects.toThrow("tokens.sources.0 (jwt):");
});

test("sources that were opened for a gateway which has closed meanwhile are closed, and those that it had are not", async () => {
  const closed: string[] = [];
  const named = (name: string): NamedSource => ({
    name,
    source: { resolve: async () => undefined, close: async () => void closed.push(name) },
  });
  const [kept, made] = [named("kept"), named("made")];
  const replaced = { sources: [kept, made], left: [named("left")], made: [made] };
  await expect(giveUpSources(replaced, log)).rejects.toThrow("the gateway is stopping");
  expect(closed).toEqual(["made"]);
});

test("sources that are left are closed when the sessions of that time have ended, or at the end", async () => {
  vi.useFakeTimers();
  const closed: string[] = [];
  const named = (name: string): NamedSource => ({
    name,
    source: { resolve: async () => undefined, close: async () => void closed.push(name) },
  });
  let oldest = 100;
  const left = new LeftSources(log, () => oldest);
  left.add([named("first")], 200);
  left.add([named("second")], 300);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(closed).toEqual([]);
  oldest = 250;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(closed).toEqual(["first"]);
  await left.close();
  expect(closed).toEqual(["first", "second"]);
});
