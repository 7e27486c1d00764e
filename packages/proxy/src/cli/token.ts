import { type Command, Option } from "commander";
import type { IssueRequest } from "../admin/client.ts";
import { CONSOLE_TYPES } from "../consoles/index.ts";
import { type AdminOptions, openAdminClient, withAdminOptions } from "./admin-options.ts";
import { endpoint, seconds } from "./argument-parsers.ts";
import { print } from "./output.ts";
import { allPages } from "./pages.ts";
import { printTable } from "./table.ts";

interface CreateOptions extends AdminOptions {
  readonly type: IssueRequest["type"];
  readonly target: string;
  readonly ttl?: number;
  readonly instance?: string;
  readonly name?: string;
  readonly json?: true;
}

interface JsonOption extends AdminOptions {
  readonly json?: true;
}

/** Adds `token create`, `token list` and `token revoke`. */
export function addToken(program: Command): void {
  const token = program.command("token").description("issue, list and revoke tokens of a running gateway");

  withAdminOptions(token.command("create"))
    .description("issue a token and print the URL that opens the console")
    .addOption(new Option("--type <type>", "kind of console").choices(CONSOLE_TYPES).makeOptionMandatory())
    .requiredOption(
      "--target <endpoint>",
      "where the gateway reaches the console: host:port, tls://host:port or unix:/path",
      endpoint,
    )
    .option("--ttl <seconds>", "lifetime; by default consoleauth.token_ttl", seconds)
    .option("--instance <id>", "the virtual machine's identifier")
    .option("--name <text>", "the machine's name, for people")
    .option(
      "--json",
      "print one line of JSON: id, type, target, instance, name, created_at, expires_at, revoked_at, token, url, ws_url",
    )
    .action(async ({ type, target, ttl, instance, name, json, ...options }: CreateOptions) => {
      const client = await openAdminClient(options);
      const answer = await client.issueToken({ type, target, ttl, instance, name });
      print(json === true ? JSON.stringify(answer) : answer.url);
    });

  withAdminOptions(token.command("list"))
    .description("list the tokens that are neither expired nor revoked")
    .option("--json", "print one line of JSON, a list")
    .action(async ({ json, ...options }: JsonOption) => {
      const client = await openAdminClient(options);
      const tokens = await allPages(async (after) => {
        const { tokens: entries, next } = await client.listTokens({ after });
        return { entries, next };
      });
      if (json === true) print(JSON.stringify(tokens));
      else printTable(tokens, ["id", "type", "target", "instance", "name", "expires_at"]);
    });

  withAdminOptions(token.command("revoke"))
    .description("revoke a token and end its sessions")
    .argument("<id>", "the token's id, as token list shows it")
    .action(async (id: string, options: AdminOptions) => {
      const client = await openAdminClient(options);
      await client.revokeToken(id);
      print(`revoked ${id}`);
    });
}
