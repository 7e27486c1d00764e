import { VNC_VIEW_DEFAULTS, VncConsole, type VncOptions } from "@curfew/client/vnc";
import { type ForwardRefExoticComponent, type RefAttributes, forwardRef } from "react";
import { type ConsoleViewProps, useConsoleView } from "./console-view.tsx";
import type { ConsoleKind } from "./use-console.ts";

/** The options of a {@link VncConsole} as props. */
export interface VncConsoleViewProps extends VncOptions, ConsoleViewProps {}

const KIND: ConsoleKind<VncOptions, VncConsole> = {
  type: "vnc",
  create: (target, options) => new VncConsole(target, options),
  defaults: VNC_VIEW_DEFAULTS,
};

/**
 * A VNC console. Connects when it is mounted and closes when it is unmounted; `ref` gives the
 * {@link VncConsole}.
 *
 * Callbacks may change with every render, and the settings of {@link VncView} follow their props;
 * one that becomes undefined returns to its default. All other props are read once when the component
 * mounts, also whether a callback is present. To reconnect, change the `key`.
 */
export const VncConsoleView: ForwardRefExoticComponent<VncConsoleViewProps & RefAttributes<VncConsole>> = forwardRef(
  (props: VncConsoleViewProps, ref) => useConsoleView(KIND, props, ref),
);
VncConsoleView.displayName = "VncConsoleView";
