import type { CloseInfo, ConsoleConnection, ConsoleOptions, ConsoleState } from "@curfew/client";
import { type CSSProperties, type ForwardedRef, type ReactNode, useMemo, useRef } from "react";
import { type MountableConsole, type ConsoleKind, useConsole } from "./use-console.ts";
import { useConsoleState } from "./use-console-state.ts";

/** What an overlay's buttons can do. How it turns out is told by the state. */
export interface OverlayActions {
  /** Opens the console again, or tries at once while `reconnecting`. */
  readonly connect: () => void;
  /** Moves the end of the session. */
  readonly renew: () => void;
  /** Leaves the console, or cancels the attempt. */
  readonly close: () => void;
}

/** Props of both views, besides the options of the console. */
export interface ConsoleViewProps {
  className?: string;
  /** The console fills the element, so give it a size here or by `className`. */
  style?: CSSProperties;
  /**
   * Drawn over the console in every state but `connected`; in that one at its upper edge, from the
   * warning until the session is renewed.
   */
  overlay?: (state: ConsoleState, actions: OverlayActions) => ReactNode;
  /** The end, unless it came from unmounting. */
  onClosed?: (info: CloseInfo) => void;
}

const container: CSSProperties = { position: "relative" };
const filling: CSSProperties = { width: "100%", height: "100%" };
const everywhere: CSSProperties = { position: "absolute", inset: 0 };
/** As high as its content, so that the rest of the console takes clicks. */
const upperEdge: CSSProperties = { position: "absolute", inset: "0 0 auto" };

/** Renders one kind of console with its overlay. */
export function useConsoleView<Options extends ConsoleOptions, View extends MountableConsole>(
  kind: ConsoleKind<Options, View>,
  { className, style, overlay, onClosed, ...options }: Options & ConsoleViewProps,
  ref: ForwardedRef<View>,
): ReactNode {
  const target = useRef<HTMLDivElement>(null);
  const view = useConsole(kind, target, options as unknown as Options, onClosed, ref);
  const state = useConsoleState(view?.connection ?? null);
  const actions = useMemo(() => actionsOf(view?.connection ?? null), [view]);
  const over = overlay && needsOverlay(state) ? overlay(state, actions) : null;
  return (
    <div className={className} style={{ ...container, ...style }}>
      <div ref={target} style={filling} />
      {over && <div style={state.status === "connected" ? upperEdge : everywhere}>{over}</div>}
    </div>
  );
}

function needsOverlay(state: ConsoleState): boolean {
  return state.status !== "connected" || state.session?.expiring === true;
}

function actionsOf(connection: ConsoleConnection | null): OverlayActions {
  return {
    connect: () => void connection?.connect().catch(() => {}),
    renew: () => void connection?.renew().catch(() => {}),
    close: () => void connection?.close(),
  };
}
