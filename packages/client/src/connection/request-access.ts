import {
  type ConnectInfo,
  InvalidConnectInfo,
  type WebSocketArguments,
  webSocketArguments,
} from "./model/connect-info.ts";
import { StopRetrying } from "./model/errors.ts";
import type { AuthorizeContext, ConsoleOptions } from "./model/options.ts";

/** HTTP statuses of 4xx after which a later attempt can succeed (RFC 9110, 15.5.9; RFC 8470; RFC 6585, section 4). */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** What `authorize()` gave. */
export interface Access {
  readonly webSocket: WebSocketArguments;
  readonly expiresInMs: number | undefined;
  /** Values that no log may contain. */
  readonly secrets: readonly string[];
}

/**
 * Asks the page where to connect.
 *
 * @param token - replaces the one that `authorize()` returns
 */
export async function requestAccess(
  authorize: ConsoleOptions["authorize"],
  context: AuthorizeContext,
  token: string | undefined,
): Promise<Access> {
  const answer = await authorize(context);
  const info: ConnectInfo = token === undefined ? answer : { ...answer, token };
  const webSocket = webSocketArguments(info, globalThis.location?.href);
  const secrets = [info.token ?? "", ...new URL(webSocket.url).searchParams.values()];
  return { webSocket, expiresInMs: info.expiresInMs, secrets };
}

/** Whether another attempt would fail in the same way as this one did. */
export function isFinal(error: unknown): boolean {
  if (error instanceof StopRetrying || error instanceof InvalidConnectInfo || error instanceof SyntaxError) return true;
  const status = httpStatus(error);
  return status !== undefined && status >= 400 && status < 500 && !TRANSIENT_STATUSES.has(status);
}

/** The HTTP status in an error of a client library, such as axios, ky or ofetch. */
function httpStatus(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { status, statusCode, response } = error as Record<"status" | "statusCode" | "response", unknown>;
  const inner = typeof response === "object" && response !== null && "status" in response ? response.status : undefined;
  return [status, statusCode, inner].find((value) => typeof value === "number");
}
