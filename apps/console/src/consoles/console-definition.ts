import type { ConnectionStatistics, ConsoleConnection, ConsoleOptions, ConsoleState } from "@curfew/client";
import type { ClipboardOptions, VncOptions, VncStatistics } from "@curfew/client/vnc";
import type { Tool } from "@curfew/client/toolbar";
import type { ActionContext } from "../actions/action-context.ts";
import type { ConsoleUrl } from "../console-url/parse-console-url.ts";
import type { SettingName } from "../settings/fields.ts";
import type { IconName } from "../widgets/icons.ts";

/** The members of the SDK's consoles that the page uses, whatever their type. */
export interface ConsoleView {
  readonly connection: ConsoleConnection;
  readonly state: ConsoleState;
  connect(): Promise<void>;
  close(): Promise<void>;
  focus(): void;
}

/** A console on the page, with what depends on its type. */
export interface PageConsole {
  readonly view: ConsoleView;
  /** Applies the user's settings, and creates the actions for the toolbar. */
  readonly createActions: (context: ActionContext) => readonly Tool[];
  readonly statistics: () => ConnectionStatistics & Partial<VncStatistics>;
  /** Whether the console sends no input at present. */
  readonly isViewOnly: () => boolean;
  /** Reports the machine's own name, where the console's protocol has one. */
  readonly onName?: (listener: (name: string) => void) => void;
}

/** Options of a console. A type ignores those that it has no use for. */
export type CreateOptions = ConsoleOptions &
  ClipboardOptions &
  Required<Pick<VncOptions, "onCredentialsRequired" | "onServerVerification">> & {
    /** Aborts when the session is over. */
    readonly signal: AbortSignal;
  };

/** What the page has to know about a console type. */
export interface ConsoleDefinition {
  readonly icon: IconName;
  /** The settings that apply to it, in the order of the dialog. */
  readonly settings: readonly SettingName[];
  /** Whether the viewer has touch gestures, which the help explains. */
  readonly hasGestures: boolean;
  /** Loads the viewer, and creates a console in `host` that is not connected yet. */
  readonly create: (url: ConsoleUrl, host: HTMLElement, options: CreateOptions) => Promise<PageConsole>;
}
