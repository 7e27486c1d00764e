import type { Command } from "commander";
import { devNull } from "node:os";
import { secretVariables } from "../nova/definitions.ts";
import type { Argument } from "../nova/oslo/files.ts";
import { loadNovaConfig } from "../nova/load.ts";
import { type Service, SERVICES } from "../nova/service.ts";
import { AbbreviatingCommand } from "./abbreviating-command.ts";
import { addNovaFlags } from "./nova-flags.ts";
import { becomeDaemon, closeInherited, isDaemon, reportProblem, reportStarted } from "./daemon.ts";
import { runGateway } from "./run-gateway.ts";
import { VERSION } from "../version.ts";

interface NovaCommandOptions {
  readonly curfewConfig?: string;
  readonly curfewPage?: true;
}

const DESCRIPTIONS: Readonly<Record<Service["name"], string>> = {
  novnc: "VNC consoles, in place of nova-novncproxy",
  serial: "serial consoles, in place of nova-serialproxy",
  spice: "SPICE consoles, in place of nova-spicehtml5proxy",
};

/** Adds `nova`. */
export function addNova(program: Command): void {
  const nova = program.command("nova").description("take the place of a console proxy of OpenStack Nova");
  for (const service of Object.values(SERVICES)) {
    const args: Argument[] = [];
    const command = new AbbreviatingCommand(service.name)
      .copyInheritedSettings(nova)
      .description(DESCRIPTIONS[service.name])
      .version(VERSION)
      .option("--curfew-config <file>", "Curfew's own configuration, a YAML file; CURFEW_* variables override it")
      .option("--curfew-page", "serve Curfew's console page in place of the files of --web")
      .action((options: NovaCommandOptions) => serve(service, args, options));
    addNovaFlags(command, service, args);
    nova.addCommand(command);
  }
}

async function serve(service: Service, args: readonly Argument[], options: NovaCommandOptions): Promise<void> {
  const env = { ...process.env };
  const { curfewConfig, curfewPage: ownPage = false } = options;
  const sources = { service, args, env, curfewConfig, ownPage, filled: new Set<string>() };
  const loaded = await loadNovaConfig(sources);
  const { daemon } = loaded;
  if (daemon && !isDaemon()) return await becomeDaemon();
  if (daemon) closeInherited();
  for (const name of secretVariables()) delete process.env[name];
  try {
    const reload = { ...sources, refusesEmpty: curfewConfig !== devNull };
    const { log } = await runGateway(loaded, async () => await loadNovaConfig(reload));
    if (daemon) log.info({ pid: process.pid }, "running in the background");
  } catch (error) {
    if (daemon) reportProblem(error instanceof Error ? error.message : String(error));
    throw error;
  }
  if (daemon) reportStarted();
}
