import type { VncView } from "./options.ts";

/** The settings of a {@link VncConsole} whose options are left out. */
export const VNC_VIEW_DEFAULTS: Readonly<VncView> = {
  viewOnly: false,
  scale: "fit",
  quality: 6,
  compression: 2,
  showDotCursor: false,
  clipViewport: false,
  dragViewport: false,
};
