import type { ConnectionStatistics } from "@curfew/client";
import type { ToolContext } from "@curfew/client/toolbar";
import type { VncStatistics } from "@curfew/client/vnc";
import type { SettingName } from "../settings/fields.ts";
import type { PageShell } from "../shell/page-shell.ts";

/** What the actions need from the page and its session. */
export interface ActionContext extends ToolContext {
  /** The settings that apply to the console's type, in the order of the dialog. */
  readonly settings: readonly SettingName[];
  /** The viewer has touch gestures, which the help explains. */
  readonly hasGestures: boolean;
  readonly shell: PageShell;
  readonly disconnect: () => void;
  /** Renews the session, where the page can. */
  readonly renew: () => void;
  readonly statistics: () => ConnectionStatistics & Partial<VncStatistics>;
}
