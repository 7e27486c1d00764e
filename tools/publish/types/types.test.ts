import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LANGUAGES } from "@curfew/client/messages";
import { afterAll, beforeAll, test } from "vitest";
import { installTarballs } from "../tarballs/install.ts";
import { entryPoints, publishedPackages } from "../published.ts";
import { packTarballs } from "../tarballs/pack.ts";

/** Names of the compilers in this package's manifest: aliases, all of which are the npm package `typescript`. */
const COMPILERS = ["typescript-5.6", "typescript-5.9", "typescript-6.0", "typescript"];

/** Those without an API, which check everything in a few seconds. */
const NATIVE: ReadonlySet<string> = new Set(["typescript"]);

const DIAGNOSE = join(import.meta.dirname, "diagnose.ts");
const MODULES = join(import.meta.dirname, "../node_modules");
const CONSUMER = join(import.meta.dirname, "every-entry.tsx");
const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-types-"));
  const tarballs = await packTarballs(folder);
  // The types of serial consoles contain xterm's.
  const others = ["react", "@types/react", "@types/node", "@playwright/test", "@xterm/xterm"];
  await copyFile(CONSUMER, join(folder, "every-entry.tsx"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  await installTarballs(folder, tarballs, [...tarballs.map(({ manifest }) => manifest.name), ...others]);
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

test("every language of the SDK has an entry point", async ({ expect }) => {
  const entries = (await publishedPackages()).flatMap(entryPoints).map(({ specifier }) => specifier);
  const languages = LANGUAGES.map((tag) => `@curfew/client/messages/${tag.toLowerCase()}`);
  expect(entries.filter((entry) => entry.startsWith("@curfew/client/messages/")).toSorted()).toEqual(
    languages.toSorted(),
  );
});

test("the consumer's file imports every entry point", async ({ expect }) => {
  const text = await readFile(CONSUMER, "utf8");
  const entries = (await publishedPackages()).flatMap(entryPoints).map(({ specifier }) => specifier);
  const imported = [...text.matchAll(/ from "(@curfew\/.*)";/gu)].map(([, specifier]) => specifier);
  expect(new Set(imported)).toEqual(new Set(entries));
});

const CASES = COMPILERS.flatMap((compiler) => ["nodenext", "bundler"].map((resolution) => ({ compiler, resolution })));

test.concurrent.for(CASES)(
  "$compiler compiles the use of every entry point, module resolution $resolution",
  async ({ compiler, resolution }, { expect }) => {
    expect(await diagnostics(compiler, resolution)).toEqual([]);
  },
);

async function diagnostics(compiler: string, moduleResolution: string): Promise<string[]> {
  const config = join(folder, `tsconfig.${compiler}.${moduleResolution}.json`);
  await writeFile(
    config,
    JSON.stringify({
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
        target: "es2022",
        lib: ["es2022", "dom", "dom.iterable"],
        jsx: "react-jsx",
        module: moduleResolution === "nodenext" ? "nodenext" : "esnext",
        moduleResolution,
        types: ["node"],
      },
      files: ["every-entry.tsx"],
    }),
  );
  const installed = join(MODULES, compiler);
  const command = NATIVE.has(compiler)
    ? [join(installed, "bin/tsc"), "-p", config, "--pretty", "false"]
    : [DIAGNOSE, installed, config];
  try {
    await run(process.execPath, command, { cwd: folder });
    return [];
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return `${stdout}${stderr}`.trim().split("\n");
  }
}
