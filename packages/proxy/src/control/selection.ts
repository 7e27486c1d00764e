import type { ServerCloseReason } from "@curfew/protocol";
import type { SessionRegistry } from "../sessions/registry.ts";
import type { Session } from "../sessions/session.ts";

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
  if (selection.by !== "id") return sessions.endAll(reason, detail, (session) => isSelected(session, selection));
  const session = sessions.get(selection.id);
  session?.end(reason, detail);
  return session === undefined ? 0 : 1;
}

function isSelected({ grant }: Session, selection: Exclude<Selection, { by: "id" }>): boolean {
  if (selection.by === "instance") return grant?.instance === selection.instance;
  return selection.by === "all" || grant?.tokenId === selection.tokenId;
}
