import { spiceActions } from "../actions/spice-actions.ts";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { ConsoleDefinition } from "./console-definition.ts";

export const SPICE: ConsoleDefinition = {
  icon: "monitor",
  settings: ["keyboardLayout"],
  hasGestures: false,
  create: async ({ viewOnly, scale }, host, options) => {
    const { SpiceConsole } = await import("@curfew/client/spice");
    // A scale in the URL applies until the user chooses another.
    const chosen = scale === "fit" ? (settings.chosen.scale ?? scale) : scale;
    const view = new SpiceConsole(host, {
      ...options,
      label: texts().sdk.labels.spice,
      viewOnly,
      scale: chosen === "none" ? "none" : "fit",
    });
    return {
      view,
      createActions: (context) => spiceActions(view, context),
      statistics: () => view.statistics(),
      isViewOnly: () => view.viewOnly,
    };
  },
};
