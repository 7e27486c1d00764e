#!/usr/bin/env node
import { nodeProblem } from "./node-version.ts";
import { ignoreSignals } from "../telemetry/ignored-signals.ts";
import { favorEventLoop } from "./helper-threads.ts";
import { noteStopSignals } from "./stop-signals.ts";
import { growThreadPool } from "./thread-pool.ts";

// Everything else is imported only afterwards: it needs modules that an older Node does not have.
const problem = nodeProblem(process.versions.node);
if (problem === undefined) {
  growThreadPool();
  if (["serve", "nova", "websockify"].includes(process.argv[2] ?? "")) {
    noteStopSignals();
    ignoreSignals();
    favorEventLoop();
  }
  await import("./program.ts");
} else {
  process.stderr.write(`curfew: ${problem}\n`);
  process.exitCode = 1;
}
