import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { Gaps } from "../telemetry/audit/gaps.ts";
import { auditFiles, mergeTrails, readAuditFile, readAuditLines, type ReadLine } from "../telemetry/audit/read.ts";
import { syslogServer } from "../telemetry/audit/syslog.ts";
import { type Visit, type VisitFilter, Visits } from "../telemetry/audit/visits.ts";
import { time } from "./argument-parsers.ts";
import { CommandError } from "./command-error.ts";
import { printJsonList, printWarning } from "./output.ts";
import { printTable } from "./table.ts";

interface AuditCommandOptions extends VisitFilter {
  readonly config?: string;
  readonly path?: readonly string[];
  readonly json?: true;
}

/** Adds `audit`. */
export function addAudit(program: Command): void {
  program
    .command("audit")
    .description("tell from the audit trail who had which console, from where, when, and what ended it")
    .option("--config <file>", "the gateway's configuration, for audit.path")
    .option(
      "--path <file>",
      "the audit file, instead of audit.path; - for standard input; several times for the gateways of a cluster",
      (path: string, paths: readonly string[] | undefined) => [...(paths ?? []), path],
    )
    .option("--instance <id>", "only sessions of this virtual machine")
    .option("--user <name>", "only sessions of this user")
    .option("--session <id>", "only this session")
    .option("--since <time>", "only sessions that had not ended before this time, or this age (24h)", time)
    .option("--until <time>", "only sessions that began before this time, or this age", time)
    .option("--json", "print one line of JSON, a list, with the lines of each session")
    .action(async ({ config, path, json, ...filter }: AuditCommandOptions) => {
      const visits = await readVisits(path ?? [await configuredPath(config)], new Visits(filter, json === true));
      if (json === true) await printJsonList(visits);
      else printVisits(visits);
    });
}

async function configuredPath(file: string | undefined): Promise<string> {
  const { audit } = await loadConfig({ file, env: process.env, only: "audit" });
  if (audit.path === null) {
    throw new CommandError("the audit file is not known: expected audit.path in --config, CURFEW_AUDIT_PATH or --path");
  }
  if (audit.path === "-" || syslogServer(audit.path) !== undefined) {
    throw new CommandError("audit.path is no file: expected --path with a file that has its lines, or --path -");
  }
  return audit.path;
}

async function readVisits(paths: readonly string[], visits: Visits): Promise<readonly Visit[]> {
  const gaps = new Gaps();
  let unreadable = 0;
  for await (const line of mergeTrails(paths.map(readTrail))) {
    if (line === undefined) unreadable += 1;
    else {
      gaps.add(line);
      visits.add(line);
    }
  }
  if (unreadable > 0) {
    printWarning(`left out ${unreadable === 1 ? "1 line" : `${unreadable} lines`} that cannot be read`);
  }
  if (gaps.missing > 0) {
    printWarning(
      `${gaps.missing === 1 ? "1 line is" : `${gaps.missing} lines are`} missing: the numbers in seq have gaps`,
    );
  }
  return visits.all;
}

/** @throws CommandError naming the file that cannot be read. */
async function* readTrail(path: string): AsyncGenerator<ReadLine | undefined> {
  if (path === "-") return yield* readAuditLines(process.stdin);
  const { paths, leftOut } = await auditFiles(path).catch((error: Error) => fail(path, error));
  for (const each of leftOut) printWarning(`left out ${each}`);
  for (const file of paths) {
    try {
      yield* readAuditFile(file);
    } catch (error) {
      if (file === path) fail(file, error as Error);
      printWarning(`left out the rest of ${file}: ${(error as Error).message}`);
    }
  }
}

function fail(path: string, { message }: Error): never {
  throw new CommandError(`${path} cannot be read: ${message}`);
}

function printVisits(visits: readonly Visit[]): void {
  printTable(visits, [
    "requested_at",
    "opened_at",
    "ended_at",
    "user",
    "instance",
    "type",
    "client",
    "end",
    "ended_by",
    "session",
  ]);
}
