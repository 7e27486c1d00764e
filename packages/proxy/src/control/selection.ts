import type { ServerCloseReason } from "@curfew/protocol";
import type { SessionRegistry } from "../sessions/registry.ts";

/** Which sessions to end. */
export type Selection =
  | { readonly by: "id"; readonly id: string }
  | { readonly by: "instance"; readonly instance: string }
  | { readonly by: "token"; readonly tokenId: string }
  | { readonly by: "all" };

/** Ends the selected sessions, and says how many. */
export function endSelected(
  sessions: SessionRegistry,
  selection: Selection,
  reason: ServerCloseReason,
  detail: string,
): number {
  switch (selection.by) {
    case "id": {
      const session = sessions.get(selection.id);
      session?.end(reason, detail);
      return session === undefined ? 0 : 1;
    }
    case "instance":
      return sessions.endAll(reason, detail, ({ grant }) => grant?.instance === selection.instance);
    case "token":
      return sessions.revoke(selection.tokenId, detail);
    case "all":
      return sessions.endAll(reason, detail);
  }
}
