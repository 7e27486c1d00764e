import { execFileSync } from "node:child_process";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ROOT } from "../root.ts";
import { buildDebianPackage } from "./debian/build.ts";
import { packTarballs } from "./tarballs/pack.ts";

/**
 * Builds the Debian package of the gateway, from what is built: `node tools/publish/deb.ts <folder>`. Its date is
 * `SOURCE_DATE_EPOCH`, by default that of the last commit.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("expected the folder for the package");
const date =
  process.env["SOURCE_DATE_EPOCH"] ??
  execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: ROOT, encoding: "utf8" });
await using packed = await mkdtempDisposable(join(tmpdir(), "curfew-tarballs-"));
const tarballs = await packTarballs(packed.path);
console.log(await buildDebianPackage({ tarballs, folder: resolve(folder), date: Number(date) }));
