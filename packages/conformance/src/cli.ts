import { Command, InvalidArgumentError, Option } from "commander";
import { readFile, writeFile } from "node:fs/promises";
import { CHECKS } from "./checks/index.ts";
import { SqlConsoleWriter } from "./console-rows/sql-writer.ts";
import { formatJunit } from "./report/junit.ts";
import { formatTable } from "./report/table.ts";
import { PARALLEL, runChecks } from "./run.ts";
import type { Service, Subject } from "./subject.ts";

/** How long a check may take, besides its token's life. */
const CHECK_SECONDS = 20;

interface Options {
  readonly url: string;
  readonly service: Service;
  readonly database: string;
  readonly targetHost: string;
  readonly lateness: number;
  readonly tokenSeconds: number;
  readonly parallel: number;
  readonly enforces: boolean;
  readonly revalidates: boolean;
  readonly trustsForwardedProto: boolean;
  readonly web: boolean;
  readonly allowedOrigin?: string;
  readonly tls?: "default" | "tlsv1_3";
  readonly vencryptCert?: string;
  readonly vencryptKey?: string;
  readonly log?: string;
  readonly junit?: string;
}

const program = new Command("conformance")
  .description("Checks a console proxy as a browser and a console see it, against what Nova's proxies do.")
  .argument("[id...]", "checks to run; all without any")
  .requiredOption("--url <url>", "where the proxy listens, such as http://127.0.0.1:6080")
  .addOption(
    new Option("--service <name>", "what it takes the place of").choices(["novnc", "serial"]).makeOptionMandatory(),
  )
  .requiredOption(
    "--database <url>",
    "a cell database of Nova, as [database] connection has it; rows are written there",
  )
  .option("--target-host <address>", "this machine's address, which the proxy dials", "127.0.0.1")
  .option("--lateness <ms>", "how late an end may be, with the clocks' difference", integer, 500)
  .option("--token-seconds <number>", "how long tokens are good for that expire in a check", integer, 3)
  .option("--parallel <number>", "how many checks run at a time", integer, PARALLEL)
  .option("--enforces", "[consoleauth] enforce_session_timeout is true", false)
  .option("--revalidates", "sessions end soon after their instance or token is deleted", false)
  .option("--trusts-forwarded-proto", "X-Forwarded-Proto of this machine is trusted", false)
  .option("--web", "[DEFAULT] web has vnc_lite.html, and a folder app without index.html", false)
  .option("--allowed-origin <host>", "a host in [console] allowed_origins")
  .addOption(
    new Option("--tls <version>", "it has a certificate, and this ssl_minimum_version").choices(["default", "tlsv1_3"]),
  )
  .option("--vencrypt-cert <file>", "a certificate that vencrypt_ca_certs signed, with auth_schemes = vencrypt,none")
  .option("--vencrypt-key <file>", "its key")
  .option("--log <file>", "the proxy's log")
  .option("--junit <file>", "writes the results as JUnit's XML")
  .parse();

const options = program.opts<Options>();
try {
  process.exitCode = (await run(options, program.args)) ? 0 : 1;
} catch (error) {
  program.error(`error: ${error instanceof Error ? error.message : String(error)}`, { exitCode: 2 });
}

/** Whether no check fails. */
async function run(given: Options, ids: readonly string[]): Promise<boolean> {
  const unknown = ids.find((id) => CHECKS.every((check) => check.id !== id));
  if (unknown !== undefined) throw new Error(`expected the id of a check, but got ${unknown}`);
  const checks = CHECKS.filter(({ id }) => ids.length === 0 || ids.includes(id));
  const subject = await readSubject(given);
  const writer = await SqlConsoleWriter.open(given.database);
  try {
    const { targetHost, tokenSeconds, parallel, lateness: latenessMs } = given;
    const lab = {
      subject,
      writer,
      targetHost,
      latenessMs,
      tokenSeconds,
      checkMs: (tokenSeconds + CHECK_SECONDS) * 1000,
    };
    const results = await runChecks(checks, lab, parallel);
    console.log(formatTable(results));
    if (given.junit !== undefined) await writeFile(given.junit, formatJunit(`nova-${given.service}proxy`, results));
    return results.every(({ outcome }) => outcome !== "fail");
  } finally {
    await writer.close();
  }
}

async function readSubject({ vencryptCert, vencryptKey, log, ...rest }: Options): Promise<Subject> {
  const vencrypt =
    vencryptCert === undefined || vencryptKey === undefined
      ? undefined
      : { cert: await readFile(vencryptCert, "utf8"), key: await readFile(vencryptKey, "utf8") };
  const readLog = log === undefined ? undefined : async (): Promise<string> => await readFile(log, "utf8");
  return { ...rest, vencrypt, readLog };
}

function integer(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number from 1 to 999999.");
}
