import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AbbreviatingCommand } from "../../src/cli/abbreviating-command.ts";
import { addNovaFlags } from "../../src/cli/nova-flags.ts";
import { ALL_OPTIONS, COMMON, VNC } from "../../src/nova/definitions.ts";
import { Configuration } from "../../src/nova/oslo/configuration.ts";
import { type Argument, readLayers } from "../../src/nova/oslo/files.ts";
import type { Option } from "../../src/nova/oslo/option.ts";
import { ownAddress } from "../../src/nova/own-address.ts";
import { SERVICES } from "../../src/nova/service.ts";
import { findPython } from "../support/python.ts";
import { commandLines } from "./command-lines.ts";
import { cases, type GeneratedCase } from "./conf-files.ts";

/** How many cases are compared. Each has up to three files. */
const CASES = 600;
const SEED = 12;

/** How many command lines are compared. */
const LINES = 400;

/** A value, or null where it is refused. */
type Read = Readonly<Record<string, { readonly value: unknown } | null>>;

const HOST = { ...ALL_OPTIONS.find(({ group, name }) => group === "DEFAULT" && name === "host"), default: "node-1" };
/** Of the addresses only compute uses, oslo.config checks nothing here. */
const OPTIONS = ALL_OPTIONS.filter(({ name }) => !name.endsWith("base_url")).map((option) =>
  option.name === HOST.name && option.group === HOST.group ? (HOST as Option<unknown>) : option,
);
/** Those that Nova checks before it starts, even if they are not read. */
const CLI_OPTIONS = new Set<Option<unknown>>(
  [...Object.values<Option<unknown>>(COMMON), ...Object.values<Option<unknown>>(VNC)].filter(
    (option) => option !== COMMON.use_stderr,
  ),
);

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "curfew-oslo-"))));
afterAll(() => rm(folder, { recursive: true }));

/** Writes the files of a case; the flags stand between them. */
async function write({ files, flags, inFolder }: GeneratedCase, index: number): Promise<Argument[]> {
  const parent = join(folder, `${index}`);
  await mkdir(join(parent, "conf.d"), { recursive: true });
  const paths = files.map((_, number) =>
    join(parent, number > 0 && inFolder ? `conf.d/${number}.conf` : `${number}.conf`),
  );
  await Promise.all(files.map((text, number) => writeFile(paths[number] ?? "", text)));
  const named = inFolder ? paths.slice(0, 1) : paths;
  return [
    ...named.flatMap((configFile, number): Argument[] => [{ configFile }, ...(number === 0 ? flags : [])]),
    ...(inFolder ? [{ configDir: join(parent, "conf.d") }] : []),
  ];
}

function commandLine(args: readonly Argument[]): string[] {
  return args.flatMap((argument) => {
    if ("configFile" in argument) return ["--config-file", argument.configFile];
    if ("configDir" in argument) return ["--config-dir", argument.configDir];
    return [argument.flag];
  });
}

async function readOurs(args: readonly Argument[], env: GeneratedCase["env"]): Promise<Read | null> {
  try {
    const layers = await readLayers(args, { program: "absent", folders: [] });
    const configuration = new Configuration({ layers, env, options: OPTIONS });
    const values: Record<string, { readonly value: unknown } | null> = {};
    for (const option of OPTIONS) {
      const key = `${option.group}.${option.name === "api_connection" ? "connection" : option.name}`;
      try {
        values[key] = { value: configuration.get(option) ?? null };
      } catch {
        if (CLI_OPTIONS.has(option)) return null;
        values[key] = null;
      }
    }
    return values;
  } catch {
    return null;
  }
}

/** What differs, ours first; undefined if nothing does. */
function difference(ours: Read | null, theirs: Read | null): unknown {
  if (ours === null || theirs === null) {
    return ours === theirs
      ? undefined
      : { ours: ours === null ? "refused" : "read", theirs: theirs === null ? "refused" : "read" };
  }
  const keys = Object.keys(ours).filter((key) => !isDeepStrictEqual(ours[key], theirs[key]));
  return keys.length === 0 ? undefined : keys.map((key) => [key, ours[key], theirs[key]]);
}

/** What oslo.config reads of each case, or null. */
async function readTheirs(asked: readonly { args: readonly string[]; env: GeneratedCase["env"] }[]) {
  const question = join(folder, "question.json");
  await writeFile(question, JSON.stringify({ my_ip: ownAddress(), cases: asked }));
  const script = join(import.meta.dirname, "oslo-values.py");
  const { stdout } = await promisify(execFile)(findPython("oslo_config"), [script, question], {
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PYTHONUTF8: "1" },
  });
  return JSON.parse(stdout) as (Read | null)[];
}

/** The flags of a command line as `curfew nova novnc` reads them; undefined where it refuses them, or only prints help. */
function parseLine(line: readonly string[]): Argument[] | undefined {
  const args: Argument[] = [];
  const command = new AbbreviatingCommand("novnc").version("1").exitOverride();
  command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  addNovaFlags(command, SERVICES.novnc, args);
  try {
    command.parse(line, { from: "user" });
    return args;
  } catch {
    return undefined;
  }
}

test("flags that are cut short, and their values, are what argparse takes, or both refuse them", async () => {
  const lines = fc.sample(commandLines, { numRuns: LINES, seed: SEED });
  const theirs = await readTheirs(lines.map((args) => ({ args, env: {} })));
  let accepted = 0;
  const differences: string[] = [];
  for (const [index, line] of lines.entries()) {
    const args = parseLine(line);
    const ours = args === undefined ? null : await readOurs(args, {});
    if (ours !== null) accepted += 1;
    const found = difference(ours, theirs[index] ?? null);
    if (found !== undefined) differences.push(JSON.stringify({ found, line }));
  }
  expect(differences.slice(0, 3)).toEqual([]);
  expect(accepted).toBeGreaterThan(LINES / 10);
  expect(accepted).toBeLessThan(LINES / 2);
});

test("every value is what oslo.config reads, or both refuse it", async () => {
  const generated = fc.sample(cases, { numRuns: CASES, seed: SEED });
  const args = await Promise.all(generated.map(write));
  const theirs = await readTheirs(generated.map(({ env }, index) => ({ args: commandLine(args[index] ?? []), env })));
  let refused = 0;
  const differences: string[] = [];
  for (const [index, { files, flags, env }] of generated.entries()) {
    const ours = await readOurs(args[index] ?? [], env);
    if (ours === null) refused += 1;
    const found = difference(ours, theirs[index] ?? null);
    if (found !== undefined) differences.push(JSON.stringify({ found, files, flags, env }, null, 2));
  }
  // All at once would hide the first.
  expect(differences.slice(0, 3)).toEqual([]);
  // Neither all nor none: the comparison is one of values and of refusals.
  expect(refused).toBeGreaterThan(CASES / 20);
  expect(refused).toBeLessThan(CASES / 2);
});
