import { type Command, Option } from "commander";
import { CONSOLE_TYPES } from "../consoles/index.ts";
import type { GrantFilter } from "../tokens/grant.ts";
import { type AdminOptions, withAdminOptions } from "./admin-options.ts";

/** Options of the commands that list tokens or sessions. */
export interface ListOptions extends AdminOptions, GrantFilter {
  readonly json?: true;
}

/** Adds the options that say what to list, and how to print it. */
export function withListOptions(command: Command): Command {
  return withAdminOptions(command)
    .option("--instance <id>", "only those of this virtual machine")
    .addOption(new Option("--type <type>", "only those of consoles of this type").choices(CONSOLE_TYPES))
    .option("--user <name>", "only those of this user")
    .option("--json", "print one line of JSON, a list");
}
