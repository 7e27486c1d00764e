import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../root.ts";
import { NODE_LANES, planLanes } from "./node-lanes.ts";

async function read(path: string): Promise<string> {
  return await readFile(join(ROOT, path), "utf8");
}

test("the lanes begin with the versions that the gateway names as the least, and end with a newer line than the repository's", async () => {
  const { engines } = JSON.parse(await read("packages/proxy/package.json")) as {
    readonly engines: { readonly node: string };
  };
  const least = engines.node.match(/\d+\.\d+\.\d+/gu) ?? [];
  expect(NODE_LANES.slice(0, -1)).toEqual(least);
  const [, own = ""] = /^  node: (\d+)\./mu.exec(await read("pnpm-workspace.yaml")) ?? [];
  expect(Number.parseInt(NODE_LANES.at(-1) ?? "", 10)).toBeGreaterThan(Number(own));
});

test("sources that Node 22 runs without a compiler have no `using`, which it does not know", async () => {
  const folders = ["protocol", "proxy", "testing"].map((name) => `packages/${name}/src`);
  const names = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(ROOT, folder), { recursive: true })).map((name) => join(folder, name)),
    ),
  );
  // Playwright compiles its own.
  const sources = names.flat().filter((name) => /(?<!\.test)\.ts$/u.test(name) && !name.includes("/playwright/"));
  expect(sources.length).toBeGreaterThan(100);
  const texts = await Promise.all(sources.map(async (name) => [name, await read(name)] as const));
  expect(texts.filter(([, text]) => /^\s*(?:await )?using \w+ =/mu.test(text)).map(([name]) => name)).toEqual([]);
});

test("every lane runs for each change", async () => {
  expect(await read(".github/workflows/test.yml")).toContain(`version: [${NODE_LANES.join(", ")}]`);
});

test("a version, or its beginning, selects lanes, and what follows files", () => {
  const lanes = (...filters: string[]): string[] => planLanes(filters).map(({ lane }) => lane);
  expect(lanes()).toEqual(NODE_LANES);
  expect(lanes("relay")).toEqual(NODE_LANES);
  expect(lanes("22")).toEqual([NODE_LANES[0]]);
  expect(lanes(NODE_LANES[2])).toEqual([NODE_LANES[2]]);
  expect(planLanes(["22", "relay"])[0]?.args.at(-1)).toBe("relay");
  expect(() => planLanes(["2"])).toThrow(`no lane has Node 2; expected one of ${NODE_LANES.join(", ")}`);
});
