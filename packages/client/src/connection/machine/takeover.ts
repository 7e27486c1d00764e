import type { ServerMessage } from "@curfew/protocol";
import { cleanName } from "../../util/clean-name.ts";
import { type Draft, arm, publish, setSession } from "./transitions.ts";
import type { SocketState } from "./types.ts";

type MessageOf<Type extends ServerMessage["type"]> = Extract<ServerMessage, { type: Type }>;

/** Another session asks to take this one's place. */
export function onTakeoverRequest(
  draft: Draft,
  socket: SocketState,
  { id, endsInMs, user }: MessageOf<"takeover_request">,
): void {
  if (!socket.session) return;
  const by = cleanName(user ?? "") || null;
  const takeover = { user: by, endsAt: draft.now + endsInMs };
  setSession(draft, { ...socket, takeoverId: id }, { ...socket.session, takeover });
  draft.effects.push({ type: "emit", name: "takeover", event: { user: by, endsInMs } });
}

/** The question was settled or withdrawn. */
export function onTakeoverOver(draft: Draft, socket: SocketState, { id }: MessageOf<"takeover_over">): void {
  if (id === socket.takeoverId) clear(draft, socket);
}

/** The user answers. */
export function onTakeoverAnswer(draft: Draft, socket: SocketState, allow: boolean): void {
  if (socket.takeoverId === undefined) return;
  draft.effects.push({ type: "send", message: { type: "takeover_answer", id: socket.takeoverId, allow } });
  clear(draft, socket);
}

/** The gateway asks the user at the console: `hello` comes later than usual. */
export function onTakeoverPending(
  draft: Draft,
  socket: SocketState,
  { endsInMs }: MessageOf<"takeover_pending">,
): void {
  if (socket.greeted) return;
  arm(draft, "connect", endsInMs + draft.state.options.helloTimeoutMs);
  publish(draft, { status: "connecting", attempt: draft.state.attempt, askingUntil: draft.now + endsInMs });
}

function clear(draft: Draft, socket: SocketState): void {
  if (!socket.session?.takeover) return;
  const { user } = socket.session.takeover;
  setSession(draft, { ...socket, takeoverId: undefined }, { ...socket.session, takeover: null });
  draft.effects.push({ type: "emit", name: "takeover", event: { user, endsInMs: null } });
}
