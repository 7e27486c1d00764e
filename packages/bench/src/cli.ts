import { Command, InvalidArgumentError } from "commander";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeMachine } from "./machine/describe-machine.ts";
import { enterNamespace } from "./machine/network-namespace.ts";
import { raiseOpenFilesLimit } from "./machine/open-files.ts";
import { pinGenerator } from "./machine/pinning.ts";
import { GIB, MIB } from "./machine/units.ts";
import { formatReport } from "./report/markdown.ts";
import type { BenchmarkResult } from "./report/result.ts";
import { runRounds } from "./run/rounds.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import type { Effort, Scenario } from "./scenarios/scenario.ts";
import { curfewFromSource } from "./subjects/curfew.ts";
import { customProxy } from "./subjects/custom-proxy.ts";
import { SUBJECTS } from "./subjects/index.ts";
import type { Subject } from "./subjects/subject.ts";

interface Options {
  readonly quick?: true;
  readonly smoke?: true;
  readonly soak?: true;
  readonly rounds?: number;
  readonly only: readonly string[];
  readonly subject: readonly string[];
  readonly subjectCommand: readonly string[];
  readonly rawSubjectCommand: readonly string[];
  readonly out: string;
}

const ROOT = join(import.meta.dirname, "../../..");
const SMOKE_SCENARIO = "download-1";

const program = new Command("bench")
  .description("Measures the gateway beside other proxies, and writes report.md and report.json.")
  .option("--quick", "show in under two minutes that everything works; the figures are not meaningful")
  .option("--smoke", `run only ${SMOKE_SCENARIO} with the gateway from source, in a few seconds`)
  .option("--soak", "send 100 GiB in the soak scenario, instead of 4")
  .option("--rounds <number>", "rounds (4; quick: 1)", count)
  .option(
    "--only <scenario>",
    `only this scenario; may be repeated: ${SCENARIOS.map(({ id }) => id).join(", ")}`,
    add,
    [],
  )
  .option("--subject <name>", `only this proxy and the yardsticks; may be repeated: ${names(SUBJECTS)}`, add, [])
  .option("--subject-command <name=command>", "another WebSocket proxy: 'NAME=COMMAND {listen} {target}'", add, [])
  .option("--raw-subject-command <name=command>", "another proxy, which copies raw bytes, in the same form", add, [])
  .option("--out <folder>", "folder for the report", join(ROOT, "bench"));

program.parse(process.argv.filter((argument) => argument !== "--"));
const options = program.opts<Options>();
const chosenScenarios = chooseScenarios(options);
const chosenSubjects = chooseSubjects(options, chosenScenarios);

raiseOpenFilesLimit();
enterNamespace();
process.exitCode = await run();

async function run(): Promise<number> {
  const { smoke = false, quick = smoke, soak = false, rounds = quick ? 1 : 4, out } = options;
  const effort: Effort = {
    quick,
    warmUpMs: quick ? 100 : 1_000,
    windowMs: quick ? 300 : 3_000,
    soakBytes: soak ? 100 * GIB : quick ? 128 * MIB : 4 * GIB,
  };
  pinGenerator();
  const started = Date.now();
  const outcomes = await runRounds({
    scenarios: chosenScenarios,
    subjects: chosenSubjects,
    rounds,
    effort,
    onProgress: (line) => console.log(line),
  });
  const result: BenchmarkResult = {
    startedAt: new Date(started).toISOString(),
    minutes: (Date.now() - started) / 60_000,
    quick,
    rounds,
    windowMs: effort.windowMs,
    machine: describeMachine(),
    subjects: chosenSubjects.map(({ name, description }) => ({ name, description })),
    scenarios: chosenScenarios.map(({ id, title, method, figures }) => ({ id, title, method, figures })),
    outcomes,
  };
  await mkdir(out, { recursive: true });
  await writeFile(join(out, "report.md"), formatReport(result));
  await writeFile(join(out, "report.json"), `${JSON.stringify(result, undefined, 1)}\n`);
  console.log(`report: ${join(out, "report.md")}`);
  const errors = outcomes.filter(({ error }) => error !== undefined);
  for (const { scenario, subject, error } of errors) console.error(`${scenario} ${subject}: ${error}`);
  return errors.length === 0 ? 0 : 1;
}

function chooseScenarios({ only, quick, smoke }: Options): readonly Scenario[] {
  const wanted = smoke ? [SMOKE_SCENARIO] : only;
  const unknown = wanted.filter((id) => !SCENARIOS.some((scenario) => scenario.id === id));
  if (unknown.length > 0) program.error(`error: there is no scenario ${unknown.join(", ")}`);
  if (wanted.length > 0) return SCENARIOS.filter(({ id }) => wanted.includes(id));
  return SCENARIOS.filter(({ inQuick = true }) => inQuick || !quick);
}

function chooseSubjects(
  { subject, subjectCommand, rawSubjectCommand, smoke }: Options,
  scenarios: readonly Scenario[],
): readonly Subject[] {
  if (smoke) return [curfewFromSource];
  try {
    const custom = [
      ...subjectCommand.map((definition) => customProxy(definition, "websocket")),
      ...rawSubjectCommand.map((definition) => customProxy(definition, "raw")),
    ];
    const all = [...SUBJECTS, ...custom];
    const duplicate = all.find(({ name }, index) => all.findIndex((one) => one.name === name) !== index);
    if (duplicate !== undefined) throw new Error(`there are two proxies with the name ${duplicate.name}`);
    const unknown = subject.filter((name) => !all.some((one) => one.name === name));
    if (unknown.length > 0) throw new Error(`there is no proxy ${unknown.join(", ")}; expected ${names(all)}`);
    const yardsticks = new Set(scenarios.flatMap(({ figures }) => figures.map(({ relative }) => relative)));
    return all.filter(
      (one) => subject.length === 0 || subject.includes(one.name) || yardsticks.has(one.name) || custom.includes(one),
    );
  } catch (error) {
    return program.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function names(list: readonly Subject[]): string {
  return list.map(({ name }) => name).join(", ");
}

function add(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function count(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number of 1 or more.");
}
