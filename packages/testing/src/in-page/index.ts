/** A fake gateway without a network, for unit tests of a page's own code in Node or in a browser. */
export type { RecordedEvent, WaitOptions } from "../net/event-log.ts";
export type { Target } from "../net/address.ts";
export type { GatewayEvents } from "../gateway/events.ts";
export type { FakeGateway } from "../gateway/gateway.ts";
export type { SocketEnd } from "../gateway/page-socket.ts";
export { NOVA } from "../gateway/script.ts";
export type { FakeGatewayOptions, GatewayScript, GatewayScripts } from "../gateway/script.ts";
export type { FakeSession } from "../gateway/session.ts";
export { InPageGateway, type InPageGatewayOptions } from "./gateway.ts";
export type { FakeWebSocket, RequestedClose } from "./web-socket.ts";
