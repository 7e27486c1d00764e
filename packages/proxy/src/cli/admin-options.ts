import type { Command } from "commander";
import { AdminClient } from "../admin/client.ts";
import { loadConfig } from "../config/load.ts";
import { formatAddress } from "../net/address.ts";
import { CommandError } from "./command-error.ts";

/** Options of the commands that talk to a running gateway. */
export interface AdminOptions {
  readonly config?: string;
  readonly admin?: string;
  readonly key?: string;
}

/** Adds the options that say which gateway to talk to. */
export function withAdminOptions(command: Command): Command {
  return command
    .option("--config <file>", "the gateway's configuration, for admin.listen and admin.key")
    .option("--admin <url>", "address of the admin API, instead of admin.listen")
    .option("--key <key>", "key of the admin API, instead of admin.key; CURFEW_ADMIN_KEY does the same");
}

/** @throws CommandError when no key is known. */
export async function openAdminClient(options: AdminOptions): Promise<AdminClient> {
  const config = await loadConfig({ file: options.config, env: process.env });
  const key = options.key ?? config.admin.key;
  if (key === null) {
    throw new CommandError(
      "the key of the admin API is not known: expected admin.key in --config, CURFEW_ADMIN_KEY or --key " +
        "(a gateway without a configured key prints a generated one when it starts)",
    );
  }
  return new AdminClient({ url: options.admin ?? `http://${formatAddress(config.admin.listen)}`, key });
}
