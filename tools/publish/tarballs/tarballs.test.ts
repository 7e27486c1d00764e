import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, describe, expect, test } from "vitest";
import { ROOT } from "../../root.ts";
import { packTarballs } from "./pack.ts";

const folder = await mkdtemp(join(tmpdir(), "curfew-tarballs-"));
afterAll(async () => rm(folder, { recursive: true, force: true }));

const tarballs = await packTarballs(folder);

test("five packages are published", () => {
  expect(tarballs.map(({ manifest }) => manifest.name)).toEqual(
    ["client", "protocol", "proxy", "react", "testing"].map((name) => `@curfew/${name}`),
  );
});

describe.each(tarballs)("the tarball of $manifest.name", ({ file, content, manifest, paths }) => {
  const sources = paths.filter((path) => path.startsWith("src/"));
  const built = paths.filter((path) => path.startsWith("dist/"));

  test("passes publint without a remark", async () => {
    const tarball = await readFile(file);
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("has types that resolve as its modules do", async () => {
    const attw = join(import.meta.dirname, "../node_modules/@arethetypeswrong/cli/dist/index.js");
    await promisify(execFile)(process.execPath, [attw, file, "--profile", "esm-only"]);
  });

  test("has every module, its declarations and its maps, and the sources that they point to", async () => {
    const modules = sources.filter((path) => !path.endsWith(".d.ts"));
    const expected = modules.flatMap((path) => {
      const stem = path.replace(/^src/u, "dist").replace(/\.tsx?$/u, "");
      return [".d.ts", ".d.ts.map", ".js", ".js.map"].map((extension) => stem + extension);
    });
    expect(built).toEqual(expected.toSorted());
    for (const path of built.filter((name) => name.endsWith(".map"))) {
      const map = JSON.parse(await readFile(join(content, path), "utf8")) as { readonly sources: readonly string[] };
      for (const source of map.sources) expect(existsSync(join(content, dirname(path), source)), path).toBe(true);
    }
  });

  test("has no tests, and nothing but modules, manuals, terms and, of the gateway, its page", () => {
    expect(sources.filter((path) => /\.test\.tsx?$/u.test(path))).toEqual([]);
    const page =
      /^page\/(index\.html|icon\.svg|licenses(-fonts\.txt|\.md)|third-party-notices\.md|assets\/[\w-]+\.(css|js|woff2))$/u;
    const known = new Set([...sources, ...built, "LICENSE", "NOTICE", "package.json"]);
    const others = paths.filter((path) => !known.has(path) && !(manifest.name === "@curfew/proxy" && page.test(path)));
    expect(others).toEqual([manifest.name === "@curfew/protocol" ? "PROTOCOL.md" : "README.md"]);
  });

  test("has the repository's terms, and those of others that its notice names", async () => {
    const [license, notice] = await Promise.all(
      ["LICENSE", "NOTICE"].map(async (name) => readFile(join(content, name), "utf8")),
    );
    expect(license).toBe(await readFile(join(ROOT, "LICENSE"), "utf8"));
    const named = [...(notice ?? "").matchAll(/[\w/-]+\.(?:md|txt)/gu)].map(([path]) => path);
    expect(paths).toEqual(expect.arrayContaining(named));
    expect(named).toHaveLength(manifest.name === "@curfew/proxy" ? 1 : 0);
  });

  test("needs a Node that still gets fixes, if it runs in Node, and versions that exist outside of the workspace", () => {
    const node: Readonly<Record<string, string>> = {
      "@curfew/proxy": "^22.21.0 || >=24.9.0",
      "@curfew/testing": ">=22.13",
    };
    expect(manifest.engines?.["node"]).toBe(node[manifest.name]);
    expect(manifest.publishConfig).toEqual({ access: "public" });
    const versions = Object.values({ ...manifest.dependencies, ...manifest.peerDependencies });
    expect(versions.filter((version) => /workspace|catalog/u.test(version))).toEqual([]);
  });

  test("asks for React and the client where it is made for them, and for no other package that a consumer may do without", () => {
    const { peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
    const required = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true);
    expect(required).toEqual(manifest.name === "@curfew/react" ? ["@curfew/client", "react"] : []);
  });

  test("has its commands as programs", async () => {
    for (const path of Object.values(manifest.bin ?? {})) {
      expect(await readFile(join(content, path), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/u);
    }
  });
});
