import { Command, InvalidArgumentError } from "commander";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeMachine } from "./machine/describe.ts";
import { raiseOpenFilesLimit } from "./machine/limits.ts";
import { enterNamespace } from "./machine/network.ts";
import { pinGenerator } from "./machine/pinning.ts";
import { measures } from "./measures/all.ts";
import { type Effort, GIB, type Measure, MIB } from "./measures/measure.ts";
import { peers } from "./peers/all.ts";
import { commandPeer } from "./peers/command.ts";
import type { Peer } from "./peers/peer.ts";
import { formatReport } from "./report/markdown.ts";
import type { BenchmarkResult } from "./report/result.ts";
import { runRounds } from "./run.ts";

interface Options {
  readonly quick?: true;
  readonly soak?: true;
  readonly rounds?: number;
  readonly only: readonly string[];
  readonly peer: readonly string[];
  readonly peerCommand: readonly string[];
  readonly rawPeerCommand: readonly string[];
  readonly out: string;
}

const root = join(import.meta.dirname, "../../..");

const program = new Command("bench")
  .description("Measures the gateway beside other proxies, and writes report.md and report.json.")
  .option("--quick", "show in under two minutes that everything works; its figures mean little")
  .option("--soak", "send 100 GiB in the integrity measure, instead of 4")
  .option("--rounds <number>", "rounds (4; quick: 1)", count)
  .option("--only <measure>", `only this measure; may be repeated: ${measures.map(({ id }) => id).join(", ")}`, add, [])
  .option("--peer <name>", `only this proxy and the yardsticks; may be repeated: ${names(peers)}`, add, [])
  .option("--peer-command <name=command>", "one more WebSocket proxy: 'NAME=COMMAND {listen} {target}'", add, [])
  .option("--raw-peer-command <name=command>", "one more proxy that copies raw bytes, in the same form", add, [])
  .option("--out <folder>", "where the report goes", join(root, "bench"));

program.parse(process.argv.filter((argument) => argument !== "--"));
const options = program.opts<Options>();
const chosenMeasures = chooseMeasures(options);
const chosenPeers = choosePeers(options, chosenMeasures);

raiseOpenFilesLimit();
enterNamespace();
process.exitCode = await run();

async function run(): Promise<number> {
  const { quick = false, soak = false, rounds = quick ? 1 : 4, out } = options;
  const effort: Effort = {
    quick,
    warmUpMs: quick ? 100 : 1_000,
    windowMs: quick ? 300 : 3_000,
    soakBytes: soak ? 100 * GIB : quick ? 128 * MIB : 4 * GIB,
  };
  pinGenerator();
  const started = Date.now();
  const plan = {
    measures: chosenMeasures,
    peers: chosenPeers,
    rounds,
    effort,
    say: (line: string) => console.log(line),
  };
  const outcomes = await runRounds(plan);
  const result: BenchmarkResult = {
    startedAt: new Date(started).toISOString(),
    minutes: (Date.now() - started) / 60_000,
    quick,
    rounds,
    windowMs: effort.windowMs,
    machine: describeMachine(),
    peers: chosenPeers.map(({ name, description }) => ({ name, description })),
    measures: chosenMeasures.map(({ id, title, method, figures }) => ({ id, title, method, figures })),
    outcomes,
  };
  await mkdir(out, { recursive: true });
  await writeFile(join(out, "report.md"), formatReport(result));
  await writeFile(join(out, "report.json"), `${JSON.stringify(result, undefined, 1)}\n`);
  console.log(`report: ${join(out, "report.md")}`);
  const errors = outcomes.filter(({ error }) => error !== undefined);
  for (const { measure, peer, error } of errors) console.error(`${measure} ${peer}: ${error}`);
  return errors.length === 0 ? 0 : 1;
}

function chooseMeasures({ only, quick }: Options): readonly Measure[] {
  const unknown = only.filter((id) => !measures.some((measure) => measure.id === id));
  if (unknown.length > 0) program.error(`error: there is no measure ${unknown.join(", ")}`);
  if (only.length > 0) return measures.filter(({ id }) => only.includes(id));
  return measures.filter(({ inQuick = true }) => inQuick || !quick);
}

function choosePeers({ peer, peerCommand, rawPeerCommand }: Options, chosen: readonly Measure[]): readonly Peer[] {
  try {
    const more = [
      ...peerCommand.map((definition) => commandPeer(definition, "websocket")),
      ...rawPeerCommand.map((definition) => commandPeer(definition, "raw")),
    ];
    const all = [...peers, ...more];
    const twice = all.find(({ name }, index) => all.findIndex((one) => one.name === name) !== index);
    if (twice !== undefined) throw new Error(`there are two proxies with the name ${twice.name}`);
    const unknown = peer.filter((name) => !all.some((one) => one.name === name));
    if (unknown.length > 0) throw new Error(`there is no proxy ${unknown.join(", ")}; expected ${names(all)}`);
    const yardsticks = new Set(chosen.flatMap(({ figures }) => figures.map(({ relative }) => relative)));
    return all.filter(
      (one) => peer.length === 0 || peer.includes(one.name) || yardsticks.has(one.name) || more.includes(one),
    );
  } catch (error) {
    return program.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function names(list: readonly Peer[]): string {
  return list.map(({ name }) => name).join(", ");
}

function add(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function count(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number of 1 or more.");
}
