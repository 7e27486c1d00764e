import type { Command } from "commander";
import type { SessionView } from "../control/session-view.ts";
import { type AdminOptions, openAdminClient, withAdminOptions } from "./admin-options.ts";
import { seconds } from "./argument-parsers.ts";
import { CommandError } from "./command-error.ts";
import { type ListOptions, withListOptions } from "./list-options.ts";
import { print, printWarning } from "./output.ts";
import { allPages } from "./pages.ts";
import { printTable } from "./table.ts";

interface ExtendOptions extends AdminOptions {
  readonly ttl: number;
}

interface EndOptions extends AdminOptions {
  readonly instance?: string;
  readonly user?: string;
  readonly all?: true;
  readonly message?: string;
}

const COLUMNS = ["id", "type", "target", "instance", "user", "client", "state", "started_at", "expires_at"] as const;

/** Columns that only some gateways have. */
const RARE_COLUMNS = ["gateway", "certificate"] as const;

/** What any of the sessions has. An older gateway does not say. */
function rareColumns(sessions: readonly Partial<SessionView>[]): readonly (typeof RARE_COLUMNS)[number][] {
  return RARE_COLUMNS.filter((column) => sessions.some((session) => typeof session[column] === "string"));
}

/** Adds `session list`, `session extend` and `session end`. */
export function addSession(program: Command): void {
  const session = program.command("session").description("list, extend and end sessions of a running gateway");

  withListOptions(session.command("list"))
    .description("list the running sessions")
    .action(async ({ json, instance, type, user, ...options }: ListOptions) => {
      const client = await openAdminClient(options);
      const missing = new Map<string, string>();
      const lost = new Map<string, string>();
      const sessions = await allPages(async (after) => {
        const {
          sessions: entries,
          next,
          unavailable,
          replaced,
        } = await client.listSessions({ after, instance, type, user });
        for (const { member, reason } of unavailable) missing.set(member, reason);
        for (const { member, reason } of replaced) lost.set(member, reason);
        return { entries, next };
      });
      for (const [member, reason] of missing) {
        printWarning(`sessions of ${member} are missing, it did not answer (${reason})`);
      }
      for (const [member, reason] of lost) {
        printWarning(`${member} was ended with its sessions (${reason})`);
      }
      if (json === true) print(JSON.stringify(sessions));
      else printTable(sessions, [...COLUMNS, ...rareColumns(sessions)]);
    });

  withAdminOptions(session.command("extend"))
    .description("let a session go on; needs consoleauth.enforce_session_timeout")
    .argument("<id>", "the session's id, as session list shows it")
    .requiredOption("--ttl <seconds>", "how long it may go on from now", seconds)
    .action(async (id: string, { ttl, ...options }: ExtendOptions) => {
      const client = await openAdminClient(options);
      const { expires_at } = await client.extendSession(id, ttl);
      print(`ends at ${expires_at}`);
    });

  withAdminOptions(session.command("end"))
    .description("end a session, all sessions of a machine or of a user, or every session")
    .argument("[id]", "the session's id, as session list shows it")
    .option("--instance <id>", "end the sessions of this virtual machine")
    .option("--user <name>", "end the sessions of this user")
    .option("--all", "end every session")
    .option("--message <text>", "a sentence that the users are shown")
    .action(async (id: string | undefined, { instance, user, all, message, ...options }: EndOptions) => {
      if ([id, instance, user, all].filter((choice) => choice !== undefined).length !== 1) {
        throw new CommandError("expected exactly one of: a session's id, --instance ID, --user NAME, --all");
      }
      const client = await openAdminClient(options);
      let ended = 1;
      if (id !== undefined) await client.endSession(id, message);
      else if (instance !== undefined) ended = await client.endSessions({ instance }, message);
      else ended = await client.endSessions(user === undefined ? { all: true } : { user }, message);
      print(ended === 1 ? "ended 1 session" : `ended ${ended} sessions`);
    });
}
