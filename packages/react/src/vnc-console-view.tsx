import { VncConsole, type VncOptions } from "@curfew/client/vnc";
import { type ForwardRefExoticComponent, type RefAttributes, forwardRef } from "react";
import { type ConsoleViewProps, useConsoleView } from "./console-view.tsx";
import type { ConsoleKind } from "./use-console.ts";

/** The options of a {@link VncConsole} as props. */
export interface VncConsoleViewProps extends VncOptions, ConsoleViewProps {}

const KIND: ConsoleKind<VncOptions, VncConsole> = {
  create: (target, options) => new VncConsole(target, options),
  live: ["viewOnly", "scale", "quality", "compression", "showDotCursor"],
};

/**
 * A VNC console. Connects when it is mounted and closes when it is unmounted; `ref` gives the
 * {@link VncConsole}.
 *
 * Callbacks may change with every render, and `viewOnly`, `scale`, `quality`, `compression` and
 * `showDotCursor` follow their props. All other props are read once when the component mounts, also
 * whether a callback is present. To reconnect, change the `key`.
 */
export const VncConsoleView: ForwardRefExoticComponent<VncConsoleViewProps & RefAttributes<VncConsole>> = forwardRef(
  (props: VncConsoleViewProps, ref) => useConsoleView(KIND, props, ref),
);
VncConsoleView.displayName = "VncConsoleView";
