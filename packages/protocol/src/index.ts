/**
 * The wire contract between the gateway and its clients. PROTOCOL.md says the same in prose;
 * a test holds the two together.
 *
 * @packageDocumentation
 */
export { CloseCode, closeAction, closeReason } from "./close.ts";
export type { CloseAction, ServerCloseReason } from "./close.ts";
export type { ConsoleType } from "./console-type.ts";
export { EXTENDED_ID, MAX_CONTROL_BYTES } from "./messages.ts";
export type { ClientMessage, ServerMessage } from "./messages.ts";
export { parseClientMessage, parseServerMessage } from "./parse.ts";
export type { ParseResult } from "./parse.ts";
export {
  FALLBACK_SUBPROTOCOL,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  tokenFromSubprotocol,
  tokenSubprotocol,
} from "./subprotocol.ts";
