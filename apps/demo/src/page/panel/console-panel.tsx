import { type OverlayActions, useConsoleState } from "@curfew/react";
import type { AuthorizeContext, ConnectInfo, ConsoleState } from "@curfew/client";
import { format } from "@curfew/client/messages";
import { english } from "@curfew/client/messages/en";
import type { SerialTheme } from "@curfew/client/serial";
import type { VncPromptContext } from "@curfew/client/vnc";
import { leaveKeysLabel } from "@curfew/client/ui";
import { useEffect, useRef, useState } from "react";
import { openConsole, renewToken } from "../api/api-client.ts";
import type { ConsoleRequest } from "../api/console-request.ts";
import type { AnyConsole } from "../consoles/console-definition.ts";
import { CONSOLES } from "../consoles/index.ts";
import { formatClock } from "../util/format.ts";
import type { ConsoleOptions } from "../../api-types.ts";
import { Overlay } from "./overlay.tsx";
import { Panel } from "./panel.tsx";
import { PasswordForm } from "./password-form.tsx";
import { ExpiryWarningBar } from "./expiry-warning.tsx";
import { useTimeLeft } from "./use-time-left.ts";

interface ConsolePanelProps {
  readonly request: ConsoleRequest;
  readonly theme: SerialTheme;
  readonly onClose: () => void;
}

/** A console on this page: its state and time left, the warning, Renew, and the reason of the end. */
export function ConsolePanel({ request, theme, onClose }: ConsolePanelProps) {
  const [view, setView] = useState<AnyConsole | null>(null);
  const [question, setQuestion] = useState<{ onPassword: (password: string) => void; rejected: boolean } | null>(null);
  const options = useRef<ConsoleOptions>({});
  const authorize = async ({ attempt, cause }: AuthorizeContext): Promise<ConnectInfo> => {
    const opened = await openConsole(request, attempt > 1 || cause?.action === "retry");
    options.current = opened.options;
    return opened;
  };
  const password = async (_types: unknown, { signal, rejected }: VncPromptContext): Promise<{ password: string }> => {
    const known = options.current.password;
    if (known !== undefined) return { password: known };
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    signal.addEventListener("abort", reject);
    setQuestion({ onPassword: resolve, rejected });
    return { password: await promise.finally(() => setQuestion(null)) };
  };
  const overlay = (state: ConsoleState, actions: OverlayActions) => (
    <Overlay state={state} actions={actions}>
      {question !== null && <PasswordForm {...question} />}
    </Overlay>
  );
  useFocusOnConnect(view);
  const { Panel: Console } = CONSOLES[request.type];
  const shared = {
    authorize,
    renew: async () => await renewToken(request),
    // The options of a fault are known after authorize.
    reconnect: ({ attempt }: { readonly attempt: number }) =>
      options.current.reconnect === false ? null : Math.min(500 * 2 ** (attempt - 2), 4000),
    className: "screen",
    overlay,
    log: () => {},
  };
  return (
    <Panel request={request} head={<Status view={view} />} onClose={onClose}>
      <ExpiryWarningBar connection={view?.connection ?? null} />
      <div className="stage">
        <Console shared={shared} onView={setView} theme={theme} onCredentialsRequired={password} />
      </div>
      <p className="leave">{format(english.labels.leave, { keys: leaveKeysLabel() })}</p>
    </Panel>
  );
}

/** Focuses a console that connects, unless the user has moved the focus meanwhile. */
function useFocusOnConnect(view: AnyConsole | null): void {
  const { status } = useConsoleState(view?.connection ?? null);
  useEffect(() => {
    if (status === "connected" && document.activeElement?.matches("body, .panel h2")) view?.focus();
  }, [status, view]);
}

/** The connection state, the time left, and Renew. */
function Status({ view }: { readonly view: AnyConsole | null }) {
  const state = useConsoleState(view?.connection ?? null);
  const session = state.status === "connected" ? state.session : null;
  const expiresAt = session?.expiresAt ?? null;
  const leftMs = useTimeLeft(expiresAt);
  const tone = { idle: "busy", connecting: "busy", connected: "good", reconnecting: "busy", closed: "bad" } as const;
  return (
    <>
      <p className="state" role="status" data-status={state.status}>
        <span className={`dot ${tone[state.status]}`} />
        {english.states[state.status]}
      </p>
      {session !== null && (
        <p className={session.expiring ? "left near" : "left"} role="timer" aria-label="Time left">
          {leftMs === null ? "no limit" : formatClock(leftMs)}
        </p>
      )}
      {session?.renewable === true && !session.expiring && expiresAt !== null && (
        <button
          type="button"
          disabled={session.renewing}
          aria-label={session.renewing ? undefined : "Renew the session"}
          onClick={() => void view?.connection.renew().catch(() => {})}
        >
          {session.renewing ? english.session.renewing : english.actions.renew}
        </button>
      )}
    </>
  );
}
