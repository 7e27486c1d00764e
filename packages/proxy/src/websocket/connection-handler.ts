import type { FrameError } from "./frame-error.ts";

/** Receives what a client does. */
export interface ConnectionHandler {
  /** Console bytes; their memory is used again, unless the connection is paused when this returns. */
  onBytes(run: Buffer): void;
  /** A control message, only where text is control. */
  onText(message: string): void;
  /** A control message is too long. */
  onTextTooLong(): void;
  /** The client answered a ping. */
  onPong(): void;
  /** The client's close frame came, with its code; or 1006, when the connection broke without one. */
  onClose(code: number): void;
  /** The client broke the protocol. It was sent a close frame and gets nothing more. */
  onProtocolError(error: FrameError): void;
  /** The gateway failed at what the client sent. Nothing more of it is handed on. */
  onFailed(error: unknown): void;
  /** The socket is closed. Comes last, once. */
  onSocketClosed(): void;
}
