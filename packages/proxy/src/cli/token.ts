import { type Command, Option } from "commander";
import type { IssueRequest } from "../admin/client.ts";
import { CONSOLE_TYPES } from "../consoles/index.ts";
import { type AdminOptions, openAdminClient, withAdminOptions } from "./admin-options.ts";
import { count, endpoint, seconds } from "./argument-parsers.ts";
import { type ListOptions, withListOptions } from "./list-options.ts";
import { print } from "./output.ts";
import { allPages } from "./pages.ts";
import { printTable } from "./table.ts";

interface CreateOptions extends AdminOptions {
  readonly type: IssueRequest["type"];
  readonly target: string;
  readonly ttl?: number;
  readonly instance?: string;
  readonly name?: string;
  readonly user?: string;
  readonly access?: IssueRequest["access"];
  readonly singleUse?: true;
  readonly maxSessions?: number;
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
    .option("--user <name>", "the user that the token is for")
    .addOption(new Option("--access <access>", "what the user may do; by default control").choices(["control", "view"]))
    .option("--single-use", "the token opens, or renews, a session only once")
    .option("--max-sessions <number>", "how many sessions may be open with the token at once", count)
    .option(
      "--json",
      "print one line of JSON: id, type, target, instance, name, user, access, single_use, max_sessions, created_at, expires_at, revoked_at, token, url, ws_url",
    )
    .action(async ({ type, target, ttl, instance, name, user, access, ...more }: CreateOptions) => {
      const { singleUse, maxSessions, json, ...options } = more;
      const client = await openAdminClient(options);
      const uses = { single_use: singleUse, max_sessions: maxSessions };
      const answer = await client.issueToken({ type, target, ttl, instance, name, user, access, ...uses });
      print(json === true ? JSON.stringify(answer) : answer.url);
    });

  withListOptions(token.command("list"))
    .description("list the tokens that are neither expired nor revoked")
    .action(async ({ json, instance, type, user, ...options }: ListOptions) => {
      const client = await openAdminClient(options);
      const tokens = await allPages(async (after) => {
        const { tokens: entries, next } = await client.listTokens({ after, instance, type, user });
        return { entries, next };
      });
      if (json === true) print(JSON.stringify(tokens));
      else printTable(tokens, ["id", "type", "target", "instance", "name", "user", "access", "expires_at"]);
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
