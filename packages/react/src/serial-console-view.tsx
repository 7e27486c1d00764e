import { SERIAL_VIEW_DEFAULTS, SerialConsole, type SerialOptions } from "@curfew/client/serial";
import { type ForwardRefExoticComponent, type RefAttributes, forwardRef } from "react";
import { type ConsoleViewProps, useConsoleView } from "./console-view.tsx";
import type { ConsoleKind } from "./use-console.ts";

/** The options of a {@link SerialConsole} as props. */
export interface SerialConsoleViewProps extends SerialOptions, ConsoleViewProps {}

const KIND: ConsoleKind<SerialOptions, SerialConsole> = {
  type: "serial",
  create: (target, options) => new SerialConsole(target, options),
  defaults: SERIAL_VIEW_DEFAULTS,
};

/**
 * A serial console; the page includes `@xterm/xterm/css/xterm.css`. Connects when it is mounted and
 * closes when it is unmounted; `ref` gives the {@link SerialConsole}.
 *
 * Callbacks may change with every render, and the settings of {@link SerialView} follow their props;
 * one that becomes undefined returns to its default. All other props are read once when the component
 * mounts, also whether a callback is present. To reconnect, change the `key`.
 */
export const SerialConsoleView: ForwardRefExoticComponent<SerialConsoleViewProps & RefAttributes<SerialConsole>> =
  forwardRef((props: SerialConsoleViewProps, ref) => useConsoleView(KIND, props, ref));
SerialConsoleView.displayName = "SerialConsoleView";
