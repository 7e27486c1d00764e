import { type FakeWebSocket, InPageGateway, type InPageGatewayOptions } from "@curfew/testing/in-page";

/** Options of a gateway that does nothing by itself: the test opens and closes its sockets and sends every message. */
export const MANUAL: InPageGatewayOptions = {
  handshakes: "manual",
  hello: false,
  pong: false,
  renewal: "silence",
  session: "s1",
  expiresInMs: null,
};

/** A WebSocket of a manual gateway, as the code under test sees it and as the test does. */
export function manualSocket(url: string): { readonly webSocket: WebSocket; readonly socket: FakeWebSocket } {
  const gateway = new InPageGateway(MANUAL);
  const webSocket = gateway.webSocket(url);
  return { webSocket, socket: gateway.socket };
}
