import type { CloseInfo, ConsoleConnection, ConsoleOptions, ConsoleState } from "@curfew/client";
import { type CSSProperties, type ForwardedRef, type ReactNode, useMemo, useRef } from "react";
import { type MountableConsole, type ConsoleKind, useConsole } from "./use-console.ts";
import { useConsoleState } from "./use-console-state.ts";

/** Actions for the buttons of an overlay. The state tells their result. */
export interface OverlayActions {
  /** Opens the console again. While `reconnecting` it tries at once. */
  readonly connect: () => void;
  /** Renews the session. */
  readonly renew: () => void;
  /** Closes the console, or cancels the attempt. */
  readonly close: () => void;
}

/** Props of both views, in addition to the options of the console. */
export interface ConsoleViewProps {
  /** Class of the element around the console. */
  className?: string;
  /** Style of the element around the console. The console fills it, so give it a size here or with `className`. */
  style?: CSSProperties;
  /**
   * Rendered over the console in every state except `connected`. While `connected` it is rendered at
   * the upper edge, from the warning until the session is renewed.
   */
  overlay?: (state: ConsoleState, actions: OverlayActions) => ReactNode;
  /** Called at the end, unless the component was unmounted. */
  onClosed?: (info: CloseInfo) => void;
}

const CONTAINER: CSSProperties = { position: "relative" };
const FILL: CSSProperties = { width: "100%", height: "100%" };
const COVER: CSSProperties = { position: "absolute", inset: 0 };
/** Only as high as its content, so that the console stays clickable. */
const UPPER_EDGE: CSSProperties = { position: "absolute", inset: "0 0 auto" };

/** Renders a console with its overlay. */
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
    <div className={className} style={{ ...CONTAINER, ...style }}>
      <div ref={target} style={FILL} />
      {over && <div style={state.status === "connected" ? UPPER_EDGE : COVER}>{over}</div>}
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
