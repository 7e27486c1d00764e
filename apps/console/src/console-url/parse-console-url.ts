import type { ConsoleType } from "@curfew/client";
import type { ClipboardOptions } from "@curfew/client/vnc";
import { cleanName } from "@curfew/client/ui";
import { hasControlCharacter, UrlParameters } from "./url-parameters.ts";
import { UrlProblem } from "./url-problem.ts";
import { resolveRenewUrl } from "./renew-url.ts";
import { resolveSocketUrl } from "./socket-url.ts";
import { isToken } from "./token.ts";
import { readViewerOptions, type ViewerOptions } from "./viewer-options.ts";

/** A parsed console URL. */
export interface ConsoleUrl extends ViewerOptions {
  readonly type: ConsoleType;
  /** The bearer token; undefined when the URL has none, for example after a reload. */
  readonly token: string | undefined;
  /** `ws:` or `wss:` URL on the page's own host, without the token. */
  readonly socketUrl: string;
  /** The machine's name, for display. */
  readonly name: string | undefined;
  /** The password of the machine's console, from the fragment only: servers and logs see the query. */
  readonly password: string | undefined;
  /** Where to POST for a new token; undefined when the URL names none. */
  readonly renewUrl: string | undefined;
  /** Whether the URL names such an address, but the operator has allowed none. */
  readonly renewBlocked: boolean;
  /** What the operator allows. */
  readonly clipboard: ClipboardOptions;
  /** Names of parameters that the page does not use. */
  readonly unused: readonly string[];
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
  /** In which direction text may be pasted and copied, and how much. */
  readonly clipboard: ClipboardOptions;
}

/**
 * Parses a console URL: Curfew's own (`/console/?type=vnc#token=…`), Nova's (`/vnc_lite.html?path=%3Ftoken%3D…`), and
 * noVNC's parameters; see {@link URL_PARAMETERS}. Like noVNC, it ignores unknown parameters.
 */
export function parseConsoleUrl(
  page: URL,
  { pagePath, allowedOrigins, renewPaths, clipboard }: ServedPage,
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
      password: parameters.inFragment("password") || undefined,
      ...readViewerOptions(parameters),
      renewUrl: renewUrl?.href,
      renewBlocked: renew !== "" && renewUrl === undefined,
      clipboard,
      unused: parameters.unused,
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
