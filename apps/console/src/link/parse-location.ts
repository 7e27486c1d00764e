import type { ScaleMode } from "@curfew/client/vnc";
import { hasControlCharacter, LinkParameters } from "./parameters.ts";
import { LinkProblem } from "./problem.ts";
import { resolveRenewUrl } from "./renew-url.ts";
import { resolveSocketUrl } from "./socket-url.ts";
import { isToken } from "./token.ts";

/** What a console link asks for. */
export interface ConsoleLink {
  readonly type: "vnc" | "serial";
  /** The bearer token, or null when the link has none, as after a reload. */
  readonly token: string | null;
  /** `ws:` or `wss:` address on the page's own host, without the token. */
  readonly socketUrl: string;
  /** The machine's name, for display. */
  readonly name: string | null;
  readonly viewOnly: boolean;
  /** Whether others may keep this VNC console open, too. */
  readonly shared: boolean;
  readonly scale: ScaleMode;
  /** Where to POST for a new token; null when the link names no such place. */
  readonly renewUrl: string | null;
}

/** A link that must not be followed, and why. */
export interface RefusedLink {
  readonly error: LinkProblem;
}

const longestName = 120;

/**
 * Reads a console link: Curfew's own (`/console/?type=vnc#token=…`), Nova's
 * (`/vnc_lite.html?path=%3Ftoken%3D…`) and noVNC's parameters (`host`, `port`, `encrypt`, `path`,
 * `resize`, `scale`, `shared`, `view_only`). Parameters it does not know are passed over, as noVNC does.
 *
 * @param allowedOrigins origins besides the page's own where `renew` may point
 * @param renewPaths paths, with all below them, where it may point
 */
export function parseLocation(
  page: URL,
  allowedOrigins: readonly string[] = [],
  renewPaths: readonly string[] = ["/"],
): ConsoleLink | RefusedLink {
  try {
    const parameters = new LinkParameters(page);
    const socketUrl = resolveSocketUrl(parameters, page);
    const token = readToken(parameters, socketUrl);
    const renew = parameters.get("renew");
    return {
      type: readType(parameters, page),
      token,
      socketUrl: socketUrl.href,
      name: readName(parameters),
      viewOnly: readFlag(parameters, "view_only", false),
      shared: readFlag(parameters, "shared", true),
      scale: readScale(parameters),
      renewUrl:
        renew === undefined || renew === "" ? null : resolveRenewUrl(renew, page, allowedOrigins, renewPaths).href,
    };
  } catch (error) {
    if (error instanceof LinkProblem) return { error };
    throw error;
  }
}

/** Takes the token out of `socketUrl` too: it travels in the subprotocol list, never in a query. */
function readToken(parameters: LinkParameters, socketUrl: URL): string | null {
  const tokens = new Set([...parameters.all("token"), ...socketUrl.searchParams.getAll("token")]);
  socketUrl.searchParams.delete("token");
  const [token, another] = tokens;
  if (another !== undefined) throw new LinkProblem("token_ambiguous", "token");
  if (token === undefined) return null;
  if (!isToken(token)) throw new LinkProblem("token_malformed", "token");
  return token;
}

function readType(parameters: LinkParameters, page: URL): "vnc" | "serial" {
  const type = parameters.get("type") ?? (page.pathname.endsWith("/serial.html") ? "serial" : "vnc");
  if (type !== "vnc" && type !== "serial") throw new LinkProblem("type_unknown", "type", type);
  return type;
}

/** `title` is what OpenStack's Horizon appends to Nova's links. */
function readName(parameters: LinkParameters): string | null {
  const name = (parameters.get("name") ?? parameters.get("title") ?? "").trim();
  if (name === "" || hasControlCharacter(name)) return null;
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name;
}

const flags: ReadonlyMap<string, boolean> = new Map([
  ["1", true],
  ["true", true],
  ["0", false],
  ["false", false],
]);

function readFlag(parameters: LinkParameters, name: string, otherwise: boolean): boolean {
  const value = parameters.get(name);
  if (value === undefined) return otherwise;
  const flag = flags.get(value.toLowerCase());
  if (flag === undefined) throw new LinkProblem("flag_unknown", name, value);
  return flag;
}

/** Our own words for `scale`, `scale=true` of vnc_lite.html and `resize=…` of vnc.html. */
const scaleModes: ReadonlyMap<string, ScaleMode> = new Map([
  ["fit", "fit"],
  ["true", "fit"],
  ["1", "fit"],
  ["none", "none"],
  ["false", "none"],
  ["0", "none"],
  ["remote", "remote"],
]);
const resizeModes: ReadonlyMap<string, ScaleMode> = new Map([
  ["scale", "fit"],
  ["off", "none"],
  ["remote", "remote"],
]);

function readScale(parameters: LinkParameters): ScaleMode {
  const scale = parameters.get("scale");
  const resize = parameters.get("resize");
  if (scale !== undefined) return lookUp(scaleModes, "scale", scale);
  if (resize !== undefined) return lookUp(resizeModes, "resize", resize);
  return "fit";
}

function lookUp(modes: ReadonlyMap<string, ScaleMode>, parameter: string, value: string): ScaleMode {
  const mode = modes.get(value.toLowerCase());
  if (mode === undefined) throw new LinkProblem("scale_unknown", parameter, value);
  return mode;
}
