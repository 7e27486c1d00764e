import type { Command } from "commander";
import { type AdminOptions, openAdminClient, withAdminOptions } from "./admin-options.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./output.ts";
import { printTable } from "./table.ts";

interface CreateOptions extends AdminOptions {
  readonly user?: string;
  readonly instance?: string;
  readonly address?: string;
  readonly token?: string;
  readonly message?: string;
}

interface ListOptions extends AdminOptions {
  readonly json?: true;
}

/** Adds `lock create`, `lock list` and `lock lift`. */
export function addLock(program: Command): void {
  const lock = program
    .command("lock")
    .description("keep users, machines, addresses and tokens out of a running gateway");

  withAdminOptions(lock.command("create"))
    .description(
      "end the sessions of a user, a machine, an address or a token, and refuse further ones until it is lifted",
    )
    .option("--user <name>", "the user")
    .option("--instance <id>", "the virtual machine's identifier")
    .option("--address <network>", "an IP address, or a network such as 10.0.0.0/8")
    .option("--token <id>", "the id of a token, also of one that another system issued: token_id of its sessions")
    .option("--message <text>", "a sentence that the users are shown")
    .action(async ({ user, instance, address, token, message, ...options }: CreateOptions) => {
      if ([user, instance, address, token].filter((choice) => choice !== undefined).length !== 1) {
        throw new CommandError("expected exactly one of: --user NAME, --instance ID, --address NETWORK, --token ID");
      }
      const client = await openAdminClient(options);
      const { id, ended } = await client.lock({ user, instance, address, token, message });
      print(`locked as ${id}, ended ${ended === 1 ? "1 session" : `${ended} sessions`}`);
    });

  withAdminOptions(lock.command("list"))
    .description("list the locks")
    .option("--json", "print one line of JSON, a list")
    .action(async ({ json, ...options }: ListOptions) => {
      const client = await openAdminClient(options);
      const locks = await client.listLocks();
      if (json === true) print(JSON.stringify(locks));
      else printTable(locks, ["id", "subject", "value", "message", "created_at", "expires_at"]);
    });

  withAdminOptions(lock.command("lift"))
    .description("lift a lock")
    .argument("<id>", "the lock's id, as lock list shows it")
    .action(async (id: string, options: AdminOptions) => {
      const client = await openAdminClient(options);
      await client.liftLock(id);
      print(`lifted ${id}`);
    });
}
