import { type Command, InvalidArgumentError, Option as Flag } from "commander";
import type { LoadedConfig } from "../config/load.ts";
import { type ListenForm, readCommand } from "../websockify/command-line.ts";
import { Lifetime } from "../websockify/lifetime.ts";
import { loadWebsockifyConfig } from "../websockify/load.ts";
import { type GivenOptions, WEBSOCKIFY_OPTIONS, type WebsockifyOption } from "../websockify/option-table.ts";
import { findFreePort, placePort, WrappedCommand, type WrapMode } from "../websockify/wrapped-command.ts";
import type { ConsoleType } from "../tokens/grant.ts";
import { AbbreviatingCommand } from "./abbreviating-command.ts";
import { becomeDaemon, closeInherited, isDaemon, reportProblem, reportStarted } from "./daemon.ts";
import { type RunningGateway, runGateway } from "./run-gateway.ts";

const NAME = "websockify";

/** How long the wrapped command may take to end when the gateway has stopped, in milliseconds. */
const COMMAND_MS = 2000;

const FORMS = `
Forms:
  curfew-websockify [options] [source_addr:]source_port target_addr:target_port
  curfew-websockify [options] --token-plugin CLASS --token-source ARG [source_addr:]source_port
  curfew-websockify [options] --unix-target FILE [source_addr:]source_port
  curfew-websockify [options] [source_addr:]source_port -- COMMAND with {port} in an argument
With --unix-listen and --inetd, there is no [source_addr:]source_port.`;

type Values = Readonly<Record<string, string | number | true | undefined>>;

/** A command line, less the command that it wraps. */
export interface CutCommandLine {
  readonly argv: readonly string[];
  /** What follows `--`; undefined without it. */
  readonly wrapped: readonly string[] | undefined;
}

/** Cuts off the command that `websockify` wraps: its options are not ours, and Commander drops the `--` before it. */
export function cutWrappedCommand(argv: readonly string[]): CutCommandLine {
  const end = argv.indexOf("--");
  if (argv[2] !== NAME || end < 0) return { argv, wrapped: undefined };
  return { argv: argv.slice(0, end), wrapped: argv.slice(end + 1) };
}

/** Adds `websockify`. */
export function addWebsockify(program: Command, wrapped: readonly string[] | undefined): void {
  const command = new AbbreviatingCommand(NAME)
    .copyInheritedSettings(program)
    .description("take the place of websockify, with its command line")
    .usage("[options] [source_addr:]source_port [target_addr:target_port]")
    .argument("[addresses...]")
    .option("--curfew-config <file>", "Curfew's own configuration, a YAML file; CURFEW_* variables override it")
    .addOption(
      new Flag("--curfew-console-type <type>", "what the consoles speak")
        .choices(["vnc", "serial", "spice"])
        .default("vnc"),
    )
    .addHelpText("after", FORMS);
  const flags = WEBSOCKIFY_OPTIONS.map((option) => ({ option, flag: toFlag(option) }));
  for (const { flag } of flags) command.addOption(flag);
  command.action(async (addresses: readonly string[], values: Values) => {
    const given: GivenOptions = new Map(
      flags.flatMap(({ option, flag }) => {
        const value = values[flag.attributeName()];
        return value === undefined ? [] : [[option.name, value] as const];
      }),
    );
    await serve(given, values, { addresses, wrapped });
  });
  program.addCommand(command);
}

function toFlag({ name, short, value, kind, help }: WebsockifyOption): Flag {
  const flags = `${short === undefined ? "" : `${short}, `}${name}${value === undefined ? "" : ` <${value}>`}`;
  const flag = new Flag(flags, help);
  if (kind === undefined) return flag;
  return typeof kind === "string" ? flag.argParser(wholeNumber) : flag.choices(kind);
}

function wholeNumber(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("expected a whole number of 0 or more");
}

async function serve(
  options: GivenOptions,
  { curfewConfig, curfewConsoleType }: Values,
  { addresses, wrapped }: { readonly addresses: readonly string[]; readonly wrapped: readonly string[] | undefined },
): Promise<void> {
  const isDetached = options.has("--daemon");
  const command = readCommand(options, addresses, wrapped);
  const placed = wrapped && (await place(wrapped, command.listen));
  const sources = {
    command,
    options,
    commandPort: placed?.port,
    consoleType: curfewConsoleType as ConsoleType,
    env: { ...process.env },
    curfewConfig: typeof curfewConfig === "string" ? curfewConfig : undefined,
  };
  const load = async (): Promise<LoadedConfig> => await loadWebsockifyConfig(sources);
  const loaded = await load();
  if (isDetached && !isDaemon()) return await becomeDaemon(options.has("--inetd"));
  if (isDetached) closeInherited();
  try {
    const { log } = await run(loaded, load, options, placed?.command);
    if (isDetached) log.info({ pid: process.pid }, "running in the background");
  } catch (error) {
    if (isDetached) reportProblem(error instanceof Error ? error.message : String(error));
    throw error;
  }
  if (isDetached) reportStarted();
}

/** Finds a port for a wrapped command, and tells it to the command. */
async function place(
  wrapped: readonly string[],
  listen: ListenForm,
): Promise<{ readonly port: number; readonly command: readonly string[] }> {
  const port = await findFreePort();
  return { port, command: placePort(wrapped, listen.type === "tcp" ? listen.port : undefined, port) };
}

/** Runs the gateway for as long as the options say. */
async function run(
  loaded: LoadedConfig,
  load: () => Promise<LoadedConfig>,
  options: GivenOptions,
  command: readonly string[] | undefined,
): Promise<RunningGateway> {
  const running = Promise.withResolvers<RunningGateway>();
  const stopFor = async (why: string, drainMs: number): Promise<void> => {
    const { log, stop } = await running.promise;
    log.info(why);
    stop(drainMs);
  };
  const lifetime = new Lifetime(
    {
      runOnce: options.has("--run-once"),
      timeoutMs: Number(options.get("--timeout") ?? 0) * 1000,
      idleTimeoutMs: Number(options.get("--idle-timeout") ?? 0) * 1000,
    },
    (why, drainMs) => void stopFor(why, drainMs),
  );
  const gateway = await runGateway(loaded, load, [lifetime], command && COMMAND_MS);
  running.resolve(gateway);
  const { log, stop, stopped } = gateway;
  lifetime.start();
  if (command === undefined) return gateway;
  const child = new WrappedCommand(command, (options.get("--wrap-mode") ?? "exit") as WrapMode, log, (status) => {
    process.exitCode = status;
    stop(0);
  });
  void stopped.then(() => child.stop());
  // It has had its time.
  process.on("exit", () => child.stop("SIGKILL"));
  child.start();
  return gateway;
}
