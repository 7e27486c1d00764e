import { tokenFromSubprotocol } from "@curfew/protocol";
import type { IncomingMessage } from "node:http";
import { NO_TOKEN } from "../tokens/no-token.ts";

/** Where a token may be; see `tokens.from`. */
export const TOKEN_PLACES = ["request", "host", "none"] as const;

export type TokenPlace = (typeof TOKEN_PLACES)[number];

/** How the token of an upgrade request is found, for each place. */
export const TOKEN_READERS: Readonly<Record<TokenPlace, (request: IncomingMessage) => string | undefined>> = {
  request: requestToken,
  host: ({ headers: { host } }) => nonEmpty(/^\[[^\]]*\]|^[^:]*/.exec(host ?? "")?.[0]),
  none: () => NO_TOKEN,
};

/**
 * The token of an upgrade request, in order of preference: the subprotocol list, `Authorization:
 * Bearer` (RFC 6750), `?token=`, the `token` cookie. The first place that has a
 * token decides, even if that token is invalid. As in Nova, the last of several query values or cookies counts.
 */
export function requestToken(request: IncomingMessage): string | undefined {
  return (
    subprotocolToken(request.headers["sec-websocket-protocol"]) ??
    bearerToken(request.headers.authorization) ??
    queryToken(request.url) ??
    cookieToken(request.headers.cookie)
  );
}

function subprotocolToken(list: string | undefined): string | undefined {
  return list
    ?.split(",")
    .map((entry) => tokenFromSubprotocol(entry.trim()))
    .find((token) => token !== undefined);
}

function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? "")?.[1];
}

function queryToken(url: string | undefined): string | undefined {
  const query = url?.split("?").slice(1).join("?") ?? "";
  return nonEmpty(new URLSearchParams(query).getAll("token").at(-1));
}

/** Parts that are no `name=value` are skipped, and quotes around a value are not part of it (RFC 6265). */
function cookieToken(header: string | undefined): string | undefined {
  // Without a regular expression over the whole part: the time for unauthenticated input must be linear in its length.
  const values = (header ?? "").split(";").flatMap((part) => {
    const equals = part.indexOf("=");
    return part.slice(0, Math.max(0, equals)).trim() === "token" ? [unquoted(part.slice(equals + 1).trim())] : [];
  });
  return nonEmpty(values.at(-1));
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
