import type { ConsoleType } from "../tokens/grant.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";

/** The client's half of a session. */
export interface SessionClient {
  readonly connection: WebSocketConnection;
  /** Its IP address: as the connection shows it, or as a trusted proxy says. */
  readonly address: string;
  /** The `Origin` header of its request; undefined if there was none. */
  readonly origin: string | undefined;
  /** The scheme that a trusted proxy says its page has; undefined where none says it. */
  readonly scheme?: "http" | "https" | undefined;
  /** The type of console that its request asks for; undefined for most, which ask for none. */
  readonly consoleType?: ConsoleType | undefined;
  /** The subject of its TLS certificate, where one is required. */
  readonly certificate?: string | undefined;
  /** The `traceparent` header of its request, from a trusted proxy; undefined where there is none. */
  readonly traceparent?: string | undefined;
  /** Called once if its token is valid. */
  readonly onAuthenticated?: () => void;
}
