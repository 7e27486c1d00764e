import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FuzzTarget } from "./target.ts";

const FOLDER = join(import.meta.dirname, "corpus");

/** The inputs that a target begins with: its seeds and its corpus, a file with one input in hex per line. */
export function inputsOf({ name, seeds }: FuzzTarget): readonly Buffer[] {
  const file = fileOf(name);
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const kept = lines.map((line) => line.split("#", 1)[0]?.trim() ?? "").filter((hex) => hex !== "");
  return [...seeds.map((seed) => Buffer.from(seed)), ...kept.map((hex) => Buffer.from(hex, "hex"))];
}

/** Adds an input to the corpus. @param why - the outcome, or what went wrong. */
export function keep(name: string, input: Buffer, why: string): void {
  appendFileSync(fileOf(name), `${input.toString("hex")} # ${why.replaceAll(/\s+/g, " ").slice(0, 80)}\n`);
}

function fileOf(name: string): string {
  return join(FOLDER, `${name}.hex`);
}
