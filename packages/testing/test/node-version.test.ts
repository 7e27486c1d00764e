import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { checkNodeVersion } from "../src/node-version.ts";

const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  engines: { node: string };
};

test("a Node that is too old is named, with the version that package.json asks for", () => {
  for (const old of ["18.20.4", "20.18.0", "22.12.9"]) {
    expect(() => checkNodeVersion(old)).toThrow(`and this is Node ${old}`);
  }
  const wanted = engines.node.replace(">=", "");
  expect(() => checkNodeVersion("20.0.0")).toThrow(`needs Node ${wanted} or newer`);
  for (const version of [`${wanted}.0`, "22.20.0", "24.0.0", process.versions.node]) checkNodeVersion(version);
});

test.each(["../src/index.ts", "../src/playwright/index.ts"])("%s checks it when it is imported", async (entry) => {
  const check = vi.fn<typeof checkNodeVersion>();
  // Another file of the same process may have imported it.
  vi.resetModules();
  vi.doMock("../src/node-version.ts", () => ({ checkNodeVersion: check }));
  await import(entry);
  expect(check).toHaveBeenCalledExactlyOnceWith(process.versions.node);
  vi.doUnmock("../src/node-version.ts");
  vi.resetModules();
});
