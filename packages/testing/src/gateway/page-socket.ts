/** The gateway's end of a page's WebSocket: on the network, or played inside the page. */
export interface PageSocket {
  /** Path and query that the page connected to. */
  readonly path: string;
  /** The subprotocols that the page offered. */
  readonly offered: readonly string[];
  /** The one that was chosen; empty for none. */
  readonly protocol: string;
  /** Resolves when more may be sent; never rejects. */
  send(data: string | Uint8Array): Promise<void>;
  close(code: number, reason: string): void;
  /** Breaks the connection: the page sees 1006. */
  drop(): void;
}

/** How a page's WebSocket closed. */
export interface SocketEnd {
  /** The side that closed it first. */
  readonly by: "page" | "gateway";
  /** Close code (RFC 6455, section 7.4); 1006 when the connection broke. */
  readonly code: number;
  readonly reason: string;
}
