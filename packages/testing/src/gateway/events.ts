import type { RecordedEvent } from "../net/event-log.ts";
import type { SocketEnd } from "./page-socket.ts";

/** What a fake gateway records. */
export interface GatewayEvents {
  /** The page's WebSocket opened. */
  readonly open: RecordedEvent & { readonly path: string; readonly protocols: readonly string[] };
  /** The page's WebSocket closed. */
  readonly close: RecordedEvent & SocketEnd;
  /** The connection was refused before it opened. */
  readonly refused: RecordedEvent;
  /** The page asked to renew its session. */
  readonly renew: RecordedEvent & { readonly id: number; readonly token: string };
  readonly ping: RecordedEvent & { readonly id: number };
  /** The user said that they are still there. */
  readonly still_here: RecordedEvent;
  /** The user answered whether another session may take over. */
  readonly takeover_answer: RecordedEvent & { readonly id: number; readonly allow: boolean };
  readonly break: RecordedEvent & { readonly durationMs?: number };
  /** The page cannot keep up: the gateway sends no console bytes until `resume`. */
  readonly pause: RecordedEvent;
  readonly resume: RecordedEvent;
  /** Bytes for the console, as they arrived. */
  readonly input: RecordedEvent & { readonly bytes: Uint8Array };
  /** The page violated the protocol; the gateway ended the connection. */
  readonly problem: RecordedEvent & { readonly message: string };
}
