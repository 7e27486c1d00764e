import type { SerialConsole, SerialTheme } from "@curfew/client/serial";
import type { VncConsole, VncOptions } from "@curfew/client/vnc";
import type { ConsoleViewProps } from "@curfew/react";
import type { ConsoleOptions } from "@curfew/client";
import type { ComponentType } from "react";
import type { IconName } from "../controls/icon.tsx";

/** The SDK's console of any type. */
export type AnyConsole = VncConsole | SerialConsole;

interface Props {
  /** Options that consoles of all types have. */
  readonly shared: ConsoleOptions & ConsoleViewProps;
  readonly onView: (view: AnyConsole | null) => void;
}

interface PreviewProps extends Props {
  /** The console password, where it has one. */
  readonly password: string | undefined;
}

interface PanelProps extends Props {
  readonly theme: SerialTheme;
  readonly onCredentialsRequired: NonNullable<VncOptions["onCredentialsRequired"]>;
}

/** Everything on the dashboard that depends on the console's type. */
export interface ConsoleDefinition {
  readonly label: string;
  readonly icon: IconName;
  /** A small console that sends no input. */
  readonly Preview: ComponentType<PreviewProps>;
  /** The console in the panel. */
  readonly Panel: ComponentType<PanelProps>;
}
