import type { SessionRegistry } from "../sessions/registry.ts";
import type { Session } from "../sessions/session.ts";
import type { Grant } from "../tokens/grant.ts";

/** Which sessions to end. */
export type Selection =
  | { readonly by: "id"; readonly id: string }
  | { readonly by: "instance"; readonly instance: string }
  | { readonly by: "user"; readonly user: string }
  | { readonly by: "token"; readonly tokenId: string }
  /** Whose token this other gateway has issued. */
  | { readonly by: "issuer"; readonly issuer: string }
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
    case "issuer": {
      const isIts = ({ issuer }: Grant): boolean => issuer === selection.issuer;
      const which = ({ grant, shownGrants }: Session): boolean =>
        (grant !== undefined && isIts(grant)) || shownGrants.some(isIts);
      return sessions.endAll(reason, detail, which, message);
    }
    case "all":
      return sessions.endAll(reason, detail, undefined, message);
  }
}
