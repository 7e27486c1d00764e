import { VncConsole, type VncOptions } from "@curfew/client/vnc";
import { type ForwardRefExoticComponent, type RefAttributes, forwardRef } from "react";
import { type ConsoleViewProps, useConsoleView } from "./console-view.tsx";
import type { ConsoleKind } from "./use-console.ts";

/** The options of a {@link VncConsole} as props. */
export interface VncConsoleViewProps extends VncOptions, ConsoleViewProps {}

const kind: ConsoleKind<VncOptions, VncConsole> = {
  create: (target, options) => new VncConsole(target, options),
  live: ["viewOnly", "scale", "quality", "compression", "showDotCursor"],
};

/**
 * A VNC console. Connects when it is mounted and closes when it is unmounted; `ref` gives the
 * {@link VncConsole}.
 *
 * Callbacks may change with every render, and `viewOnly`, `scale`, `quality`, `compression` and
 * `showDotCursor` follow their props. Everything else, also whether a callback is there at all, is
 * read once, when it is mounted: nothing reconnects but a new `key`.
 */
export const VncConsoleView: ForwardRefExoticComponent<VncConsoleViewProps & RefAttributes<VncConsole>> = forwardRef(
  (props: VncConsoleViewProps, ref) => useConsoleView(kind, props, ref),
);
VncConsoleView.displayName = "VncConsoleView";
