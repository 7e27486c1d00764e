import type { ScaleMode } from "@curfew/client/vnc";
import type { UrlParameters } from "./url-parameters.ts";
import { UrlProblem } from "./url-problem.ts";

/** What a console URL says about the viewer. A value that is undefined is the user's setting, or the default. */
export interface ViewerOptions {
  readonly viewOnly: boolean;
  /** Whether this VNC console may be open in other places, too. */
  readonly shared: boolean;
  readonly scale: ScaleMode;
  /** Image quality, 0 to 9. */
  readonly quality: number | undefined;
  /** Compression, 0 to 9. */
  readonly compression: number | undefined;
  /** Shows a dot where the machine shows no pointer. */
  readonly showDotCursor: boolean | undefined;
  /** At actual size, clips the picture instead of showing scroll bars. */
  readonly clipViewport: boolean;
  /** Whether the page connects again by itself after the connection was lost. */
  readonly reconnect: boolean;
}

/** @throws UrlProblem for an invalid value */
export function readViewerOptions(parameters: UrlParameters): ViewerOptions {
  return {
    viewOnly: readFlag(parameters, "view_only") ?? false,
    shared: readFlag(parameters, "shared") ?? true,
    scale: readScale(parameters),
    quality: readLevel(parameters, "quality"),
    compression: readLevel(parameters, "compression"),
    showDotCursor: readFlag(parameters, "show_dot"),
    clipViewport: readFlag(parameters, "view_clip") ?? false,
    reconnect: readFlag(parameters, "reconnect") ?? true,
  };
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["1", true],
  ["true", true],
  ["0", false],
  ["false", false],
]);

function readFlag(
  parameters: UrlParameters,
  name: "view_only" | "shared" | "show_dot" | "view_clip" | "reconnect",
): boolean | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  const flag = FLAGS.get(value.toLowerCase());
  if (flag === undefined) throw new UrlProblem("flag_unknown", name, value);
  return flag;
}

function readLevel(parameters: UrlParameters, name: "quality" | "compression"): number | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  if (!/^\d$/.test(value)) throw new UrlProblem("value_unknown", name, value, ["0–9"]);
  return Number(value);
}

/** Curfew's own values of `scale`, and those of noVNC's vnc_lite.html. */
const SCALE_MODES: ReadonlyMap<string, ScaleMode> = new Map([
  ["fit", "fit"],
  ["true", "fit"],
  ["1", "fit"],
  ["none", "none"],
  ["false", "none"],
  ["0", "none"],
  ["remote", "remote"],
]);
/** The values of `resize` in noVNC's vnc.html. */
const RESIZE_MODES: ReadonlyMap<string, ScaleMode> = new Map([
  ["scale", "fit"],
  ["off", "none"],
  ["remote", "remote"],
]);

function readScale(parameters: UrlParameters): ScaleMode {
  const scale = parameters.get("scale");
  const resize = parameters.get("resize");
  if (scale !== undefined) return lookUp(SCALE_MODES, "scale", scale, ["fit", "none", "remote"]);
  if (resize !== undefined) return lookUp(RESIZE_MODES, "resize", resize, ["scale", "remote", "off"]);
  return "fit";
}

/** @param expected - the values to suggest */
function lookUp(
  modes: ReadonlyMap<string, ScaleMode>,
  parameter: string,
  value: string,
  expected: readonly string[],
): ScaleMode {
  const mode = modes.get(value.toLowerCase());
  if (mode === undefined) throw new UrlProblem("value_unknown", parameter, value, expected);
  return mode;
}
