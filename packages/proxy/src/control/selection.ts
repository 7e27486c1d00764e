import type { SessionRegistry } from "../sessions/registry.ts";

/** Which sessions to end. */
export type Selection =
  | { readonly by: "id"; readonly id: string }
  | { readonly by: "instance"; readonly instance: string }
  | { readonly by: "user"; readonly user: string }
  | { readonly by: "token"; readonly tokenId: string }
  | { readonly by: "all" };

/** Why sessions are ended by command. */
export interface EndCommand {
  readonly reason: "session_terminated" | "session_replaced" | "lookup_failed";
  /** What the client is told. */
  readonly detail: string;
  /** What the user is told, in the operator's words. */
  readonly message?: string | undefined;
}

/** Ends the selected sessions, and says how many. */
export function endSelected(
  sessions: SessionRegistry,
  selection: Selection,
  { reason, detail, message }: EndCommand,
): number {
  switch (selection.by) {
    case "id": {
      const session = sessions.get(selection.id);
      session?.end(reason, detail, message);
      return session === undefined ? 0 : 1;
    }
    case "instance":
      return sessions.endAll(reason, detail, ({ grant }) => grant?.instance === selection.instance, message);
    case "user":
      return sessions.endAll(reason, detail, ({ grant }) => grant?.user === selection.user, message);
    case "token":
      return sessions.revoke(selection.tokenId, detail);
    case "all":
      return sessions.endAll(reason, detail, undefined, message);
  }
}
