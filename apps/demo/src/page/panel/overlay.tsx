import type { CloseInfo, ConsoleState } from "@curfew/client";
import { english } from "@curfew/client/messages/en";
import { describeClose, describeReconnecting } from "@curfew/client/ui";
import type { OverlayActions } from "@curfew/react";
import type { ReactNode } from "react";

interface OverlayProps {
  readonly state: ConsoleState;
  readonly actions: OverlayActions;
  /** Replaces the text while the console is connecting. */
  readonly children?: ReactNode;
}

/** What covers a console that is not connected. */
export function Overlay({ state, actions, children }: OverlayProps) {
  switch (state.status) {
    case "idle":
    case "connecting":
      return (
        <div className="cover">
          {children || (
            <div className="card">
              <h3>{english.states.connecting}</h3>
              <p>{english.states.waiting}</p>
            </div>
          )}
        </div>
      );
    case "connected":
      // The warning is above the console, so that it does not cover it.
      return null;
    case "reconnecting":
      return (
        <div className="cover">
          <div className="card">
            <h3>{english.states.reconnecting}</h3>
            <p>
              {english.closeReasons[state.cause.reason].title}. {describeReconnecting(state.cause, english)}
            </p>
            <button type="button" onClick={actions.connect}>
              {english.actions.tryNow}
            </button>
          </div>
        </div>
      );
    case "closed":
      return <End cause={state.cause} actions={actions} />;
    default:
      return state satisfies never;
  }
}

function End({ cause, actions }: { readonly cause: CloseInfo; readonly actions: OverlayActions }) {
  const { title, tone, sentence, detail, advice, action, code } = describeClose(cause, english, true);
  return (
    <div className="cover">
      <div className="card" role="alert" data-reason={cause.reason}>
        <h3 className={tone}>{title}</h3>
        <p>{sentence}</p>
        {detail !== undefined && <p className="detail">{detail}</p>}
        {advice !== undefined && <p className="detail">{advice}</p>}
        <button type="button" className="primary" onClick={actions.connect}>
          {action}
        </button>
        <p className="detail">
          <code>{code}</code>
        </p>
      </div>
    </div>
  );
}
