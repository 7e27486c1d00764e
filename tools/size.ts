import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./root.ts";
import { bundleForSizes } from "./sizes/bundle.ts";
import { type MeasuredSize, withSizes } from "./sizes/table.ts";

/**
 * Measures what an application loads, compares it with the limits in `.size-limit.json`, and writes it into the manual of
 * `@curfew/client`: `npx pnpm@12 size`. With `--check` it writes nothing and fails when the manual differs.
 */
async function main(check: boolean): Promise<number> {
  await bundleForSizes();
  const { stdout } = spawnSync("size-limit", ["--json"], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const sizes = JSON.parse(stdout) as readonly MeasuredSize[];
  console.table(sizes, ["name", "size", "sizeLimit", "passed"]);
  const tooLarge = sizes.filter(({ passed }) => !passed);
  for (const { name, size, sizeLimit } of tooLarge)
    console.error(`${name}: ${size} bytes, expected ${sizeLimit} at most`);

  const manual = join(ROOT, "packages/client/README.md");
  const written = await readFile(manual, "utf8");
  const measured = withSizes(written, sizes);
  if (check && measured !== written) console.error("packages/client/README.md has other sizes: run `npx pnpm@12 size`");
  if (!check) await writeFile(manual, measured);
  return tooLarge.length > 0 || (check && measured !== written) ? 1 : 0;
}

process.exitCode = await main(process.argv.includes("--check"));
