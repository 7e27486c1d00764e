import { readdir, writeFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { DirectoryTokenSource } from "../../src/tokens/files/directory-source.ts";
import { TestFolder } from "../support/folder.ts";

vi.mock("node:fs/promises", { spy: true });

test("many lookups at the same time look at the files of a folder twice at most, and all find what is there", async () => {
  await using folder = await TestFolder.create();
  await writeFile(folder.join("1"), "known: 10.0.0.5:5901\n");
  const source = new DirectoryTokenSource({ path: folder.path, format: "lines", console_type: "vnc" });
  const lookups = Array.from(
    { length: 64 },
    async (_, index) => await source.resolve(index % 2 === 0 ? "known" : "no"),
  );
  const found = await Promise.all(lookups);
  expect(found.filter((grant) => grant !== undefined)).toHaveLength(32);
  expect(vi.mocked(readdir).mock.calls.length).toBeLessThanOrEqual(2);
});
