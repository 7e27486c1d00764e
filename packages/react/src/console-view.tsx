import type { ConsoleConnection, ConsoleOptions, ConsoleState } from "@curfew/client";
import type { Messages } from "@curfew/client/messages";
import { type CSSProperties, type ForwardedRef, type ReactNode, type RefObject, useMemo, useRef } from "react";
import { type ConsoleKind, type ConsoleListeners, type MountableConsole, useConsole } from "./use-console.ts";
import { useConsoleState } from "./use-console-state.ts";
import { useDefaultOverlay } from "./use-default-overlay.ts";

/** Actions for the buttons of an overlay. The state tells their result. */
export interface OverlayActions {
  /** Opens the console again. While `reconnecting` it tries at once. */
  readonly connect: () => void;
  /** Renews the session. */
  readonly renew: () => void;
  /** Answers `session.takeover`: whether another session may take this one's place. */
  readonly answerTakeover: (allow: boolean) => void;
  /** Closes the console, or cancels the attempt. */
  readonly close: () => void;
}

/** Props of both views, in addition to the options of the console. */
export interface ConsoleViewProps extends ConsoleListeners {
  /** Class of the element around the console. */
  className?: string;
  /** Style of the element around the console. The console fills it, so give it a size here or with `className`. */
  style?: CSSProperties;
  /**
   * Rendered over the console in every state except `connected`. While `connected` it is rendered at
   * the upper edge, from the warning until the session is renewed, and while another session asks to take over. Null
   * renders nothing.
   *
   * @defaultValue what the elements of `@curfew/client/element` show
   */
  overlay?: ((state: ConsoleState, actions: OverlayActions) => ReactNode) | null;
  /**
   * The texts of the default overlay. @defaultValue those of `@curfew/client/messages` for the
   * language of the page
   */
  messages?: Messages;
}

const CONTAINER: CSSProperties = { position: "relative" };
const FILL: CSSProperties = { width: "100%", height: "100%" };
const COVER: CSSProperties = { position: "absolute", inset: 0 };
/** Clicks go through to the console where the overlay shows nothing. */
const DEFAULT_COVER: CSSProperties = { ...COVER, height: "100%", pointerEvents: "none" };
/** Only as high as its content, so that the console stays clickable. */
const UPPER_EDGE: CSSProperties = { position: "absolute", inset: "0 0 auto" };

const NO_COVER: RefObject<HTMLElement | null> = { current: null };

/** Renders a console with its overlay. */
export function useConsoleView<Options extends ConsoleOptions, View extends MountableConsole>(
  kind: ConsoleKind<Options, View>,
  props: Options & ConsoleViewProps,
  ref: ForwardedRef<View>,
): ReactNode {
  const { className, style, overlay, messages, ...rest } = props;
  const { onStateChange, onExpiring, onRenewed, onRenewFailed, onClosed, ...options } = rest;
  const target = useRef<HTMLDivElement>(null);
  const cover = useRef<HTMLDivElement>(null);
  const listeners = { onStateChange, onExpiring, onRenewed, onRenewFailed, onClosed };
  const view = useConsole(kind, target, options as unknown as Options, listeners, ref);
  useDefaultOverlay(overlay === undefined ? cover : NO_COVER, target, view, {
    type: kind.type,
    messages,
    canRenew: props.renew !== undefined,
    autoRenew: props.autoRenew ?? false,
  });
  const state = useConsoleState(view?.connection ?? null);
  const actions = useMemo(() => actionsOf(view?.connection ?? null), [view]);
  const over = overlay && needsOverlay(state) ? overlay(state, actions) : null;
  return (
    <div className={className} style={{ ...CONTAINER, ...style }}>
      <div ref={target} style={FILL} />
      {overlay === undefined && <div ref={cover} style={DEFAULT_COVER} />}
      {over && <div style={state.status === "connected" ? UPPER_EDGE : COVER}>{over}</div>}
    </div>
  );
}

function needsOverlay(state: ConsoleState): boolean {
  if (state.status !== "connected") return true;
  return state.session?.expiring === true || (state.session?.takeover ?? null) !== null;
}

function actionsOf(connection: ConsoleConnection | null): OverlayActions {
  return {
    connect: () => void connection?.connect().catch(() => {}),
    renew: () => void connection?.renew().catch(() => {}),
    answerTakeover: (allow) => void connection?.answerTakeover(allow),
    close: () => void connection?.close(),
  };
}
