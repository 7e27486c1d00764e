import type { Command } from "commander";
import { access, constants } from "node:fs/promises";
import { unusablePlaces } from "../config/places.ts";
import type { Config } from "../config/config.ts";
import { jsonSchema } from "../config/json-schema.ts";
import { loadConfig } from "../config/load.ts";
import { namedFiles } from "../config/option-schema.ts";
import { configSchema } from "../config/schema.ts";
import { showConfig } from "../config/show.ts";
import { describeVoidLimits } from "../limits/void-limits.ts";
import { sessionCapacity } from "../net/descriptors.ts";
import { print, printWarning } from "./output.ts";

interface FileOption {
  readonly config?: string;
}

interface ShowOptions extends FileOption {
  readonly json?: true;
}

const FILE = ["--config <file>", "the YAML configuration; CURFEW_* variables override it"] as const;

/** The files that the options name and this user cannot read, a line for each. They may be there on another machine. */
async function unreadableFiles(config: Config): Promise<readonly string[]> {
  const files = namedFiles(configSchema, config).map(async ({ path, file }) => {
    try {
      await access(file, constants.R_OK);
      return [];
    } catch (error) {
      return [`${path}: ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`];
    }
  });
  return (await Promise.all(files)).flat();
}

/** Adds `config check`, `config show` and `config schema`. */
export function addConfig(program: Command): void {
  const config = program.command("config").description("check and show a configuration, without a gateway");

  config
    .command("check")
    .description("name everything that is wrong with a configuration; the exit status is then 1")
    .option(...FILE)
    .action(async ({ config: file }: FileOption) => {
      const loaded = await loadConfig({ file, env: process.env, needsCredentials: false, warn: printWarning });
      for (const line of describeVoidLimits(loaded, sessionCapacity(1))) printWarning(line);
      for (const line of await unreadableFiles(loaded)) printWarning(line);
      for (const line of await unusablePlaces(loaded)) printWarning(line);
      print("the configuration is valid");
    });

  config
    .command("show")
    .description("show every option with its value, also those that have their default; secrets are hidden")
    .option(...FILE)
    .option("--json", "print one line of JSON instead of YAML")
    .action(async ({ config: file, json }: ShowOptions) => {
      const shown = showConfig(await loadConfig({ file, env: process.env, needsCredentials: false }));
      if (json === true) return print(JSON.stringify(shown));
      const { stringify } = await import("yaml");
      for (const line of stringify(shown, { lineWidth: 0 }).trimEnd().split("\n")) print(line);
    });

  config
    .command("schema")
    .description("print the JSON Schema of the configuration, for editors")
    .action(() => {
      for (const line of JSON.stringify(jsonSchema(), null, 2).split("\n")) print(line);
    });
}
