import { vncActions } from "../actions/vnc-actions.ts";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { ConsoleDefinition } from "./console-definition.ts";

export const VNC: ConsoleDefinition = {
  icon: "monitor",
  settings: ["scale", "quality", "compression", "dotCursor", "trackpad", "clipboardSync", "keyboardLayout"],
  hasGestures: true,
  create: async (url, host, options) => {
    const { VncConsole } = await import("@curfew/client/vnc");
    const { clipboardSync } = settings.current;
    const view = new VncConsole(host, {
      ...options,
      label: texts().sdk.labels.vnc,
      clipboardSync: clipboardSync && !url.viewOnly,
      viewOnly: url.viewOnly,
      shared: url.shared,
      scale: url.scale,
      clipViewport: url.clipViewport,
      ...(url.password === undefined ? {} : { credentials: { password: url.password } }),
    });
    return {
      view,
      createActions: (context) => vncActions(view, host, url, context),
      statistics: () => view.statistics(),
      isViewOnly: () => view.viewOnly,
      onName: (listener) => {
        view.on("title", ({ title }) => listener(title));
      },
    };
  },
};
