import type { ConsoleType } from "@curfew/client";
import type { ScaleMode } from "@curfew/client/vnc";
import { cleanName } from "@curfew/client/ui";
import { hasControlCharacter, UrlParameters } from "./url-parameters.ts";
import { UrlProblem } from "./url-problem.ts";
import { resolveRenewUrl } from "./renew-url.ts";
import { resolveSocketUrl } from "./socket-url.ts";
import { isToken } from "./token.ts";

/** A parsed console URL. */
export interface ConsoleUrl {
  readonly type: ConsoleType;
  /** The bearer token; undefined when the URL has none, for example after a reload. */
  readonly token: string | undefined;
  /** `ws:` or `wss:` URL on the page's own host, without the token. */
  readonly socketUrl: string;
  /** The machine's name, for display. */
  readonly name: string | undefined;
  readonly viewOnly: boolean;
  /** Whether this VNC console may be open in other places, too. */
  readonly shared: boolean;
  readonly scale: ScaleMode;
  /** Where to POST for a new token; undefined when the URL names none. */
  readonly renewUrl: string | undefined;
  /** Whether the URL names such an address, but the operator has allowed none. */
  readonly renewBlocked: boolean;
}

/** A console URL that must not be opened, and why. */
export interface RefusedUrl {
  readonly error: UrlProblem;
}

/** What the gateway has written into the page. */
export interface ServedPage {
  /** The page's path as the gateway sees it, such as `/console/`. */
  readonly pagePath: string;
  /** Origins besides the page's own that `renew` may name. */
  readonly allowedOrigins: readonly string[];
  /** Paths that `renew` may name, including everything below them. Without any, `renew` is not used. */
  readonly renewPaths: readonly string[];
}

/**
 * Parses a console URL: Curfew's own (`/console/?type=vnc#token=…`), Nova's (`/vnc_lite.html?path=%3Ftoken%3D…`), and
 * noVNC's parameters (`host`, `port`, `encrypt`, `path`, `resize`, `scale`, `shared`, `view_only`). Like noVNC, it ignores
 * unknown parameters.
 */
export function parseConsoleUrl(
  page: URL,
  { pagePath, allowedOrigins, renewPaths }: ServedPage,
): ConsoleUrl | RefusedUrl {
  try {
    const parameters = new UrlParameters(page);
    const socketUrl = resolveSocketUrl(parameters, page, pagePath);
    const token = readToken(parameters, socketUrl);
    const renew = parameters.get("renew") ?? "";
    const renewUrl = renew === "" ? undefined : resolveRenewUrl(renew, page, allowedOrigins, renewPaths);
    return {
      type: readType(parameters, page),
      token,
      socketUrl: socketUrl.href,
      name: readName(parameters),
      viewOnly: readFlag(parameters, "view_only", false),
      shared: readFlag(parameters, "shared", true),
      scale: readScale(parameters),
      renewUrl: renewUrl?.href,
      renewBlocked: renew !== "" && renewUrl === undefined,
    };
  } catch (error) {
    if (error instanceof UrlProblem) return { error };
    throw error;
  }
}

/** Also removes the token from `socketUrl`: it is sent in the subprotocol list, never in a query. */
function readToken(parameters: UrlParameters, socketUrl: URL): string | undefined {
  const tokens = new Set([...parameters.all("token"), ...socketUrl.searchParams.getAll("token")]);
  socketUrl.searchParams.delete("token");
  const [token, another] = tokens;
  if (another !== undefined) throw new UrlProblem("token_ambiguous", "token");
  if (token !== undefined && !isToken(token)) throw new UrlProblem("token_malformed", "token");
  return token;
}

/** Nova's page for each console type. */
const NOVA_PAGES: Readonly<Record<ConsoleType, string>> = {
  vnc: "/vnc_lite.html",
  serial: "/serial.html",
  spice: "/spice_auto.html",
};

/** The type in the URL, else the one of Nova's page, else VNC. */
function readType(parameters: UrlParameters, page: URL): ConsoleType {
  const types = Object.keys(NOVA_PAGES) as ConsoleType[];
  const named = parameters.get("type");
  if (named === undefined) return types.find((type) => page.pathname.endsWith(NOVA_PAGES[type])) ?? "vnc";
  const type = types.find((known) => known === named);
  if (type === undefined) throw new UrlProblem("type_unknown", "type", named, types);
  return type;
}

/** `title` is appended to Nova's URLs by OpenStack's Horizon. */
function readName(parameters: UrlParameters): string | undefined {
  const name = parameters.get("name") ?? parameters.get("title") ?? "";
  return hasControlCharacter(name) ? undefined : cleanName(name) || undefined;
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["1", true],
  ["true", true],
  ["0", false],
  ["false", false],
]);

function readFlag(parameters: UrlParameters, name: string, fallback: boolean): boolean {
  const value = parameters.get(name);
  if (value === undefined) return fallback;
  const flag = FLAGS.get(value.toLowerCase());
  if (flag === undefined) throw new UrlProblem("flag_unknown", name, value);
  return flag;
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
  if (mode === undefined) throw new UrlProblem("scale_unknown", parameter, value, expected);
  return mode;
}
