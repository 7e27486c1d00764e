import type { Command } from "commander";
import type { SessionView } from "../admin/views.ts";
import { AdminClient, type AdminClientOptions, withAdminOptions } from "./admin-client.ts";
import { CommandError } from "./command-error.ts";
import { printTable } from "./table.ts";

interface ListOptions extends AdminClientOptions {
  readonly json?: true;
}

interface EndOptions extends AdminClientOptions {
  readonly instance?: string;
  readonly all?: true;
}

/** Adds `session list` and `session end`. */
export function addSession(program: Command): void {
  const session = program.command("session").description("list and end sessions of a running gateway");

  withAdminOptions(session.command("list"))
    .description("list the sessions that run")
    .option("--json", "print one line of JSON")
    .action(async ({ json, ...options }: ListOptions) => {
      const client = await AdminClient.from(options);
      const { sessions } = await client.call<{ sessions: SessionView[] }>("GET", "/v1/sessions");
      if (json === true) console.log(JSON.stringify(sessions));
      else printTable(sessions, ["id", "type", "target", "instance", "client", "state", "started_at", "expires_at"]);
    });

  withAdminOptions(session.command("end"))
    .description("end a session, all sessions of a machine, or every session")
    .argument("[id]", "the session's id, as session list shows it")
    .option("--instance <id>", "end the sessions of this virtual machine")
    .option("--all", "end every session")
    .action(async (id: string | undefined, { instance, all, ...options }: EndOptions) => {
      if ([id, instance, all].filter((choice) => choice !== undefined).length !== 1) {
        throw new CommandError("expected exactly one of: a session's id, --instance ID, --all");
      }
      const client = await AdminClient.from(options);
      const some = new URLSearchParams(instance === undefined ? { all: "true" } : { instance });
      const path = id === undefined ? `/v1/sessions?${some.toString()}` : `/v1/sessions/${encodeURIComponent(id)}`;
      const { ended } = await client.call<{ ended: number }>("DELETE", path);
      console.log(ended === 1 ? "ended 1 session" : `ended ${ended} sessions`);
    });
}
