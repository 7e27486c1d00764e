/** Fake VNC, serial and byte servers with scripted faults, a fake gateway, and recordings of VNC sessions. */
import { checkNodeVersion } from "./node-version.ts";

checkNodeVersion(process.versions.node);

export type { Fault, FaultPoint, FaultScript } from "./faults/fault.ts";
export { SeededBytes, seededBytes, seededHash } from "./faults/seeded-bytes.ts";
export type { Target } from "./net/address.ts";
export type { ConnectionEnd, FakeConnection } from "./net/connection.ts";
export type { RecordedEvent, WaitOptions } from "./net/event-log.ts";
export type { ConnectionEvents, FakeServer, FakeServerOptions } from "./net/server.ts";
export type { VncConnection, VncEvents } from "./vnc/connection.ts";
export type { RfbVersion, VncPhase } from "./vnc/handshake.ts";
export {
  blockAt,
  DEFAULT_SIZE,
  type Framebuffer,
  type Rect,
  type Size,
  testPattern,
  testPatternHash,
} from "./vnc/test-pattern.ts";
export type { PixelFormat } from "./vnc/pixel-format.ts";
export { type FakeVncOptions, type FakeVncServer, startFakeVnc, type VncSecurity } from "./vnc/server.ts";
export type { VncEncoding } from "./vnc/update-encoder.ts";
export type { SerialConnection, SerialEvents, SerialPhase } from "./serial/connection.ts";
export { type FakeSerialOptions, type FakeSerialServer, startFakeSerial } from "./serial/server.ts";
export type { SpiceConnection, SpiceEvents, SpicePhase } from "./spice/connection.ts";
export { encodeSpiceLink, encodeSpiceMessage, SpiceChannelType, type SpiceLink } from "./spice/messages.ts";
export { type FakeSpiceOptions, type FakeSpiceServer, startFakeSpice } from "./spice/server.ts";
export { startUnacceptingServer, type UnacceptingServer } from "./net/unaccepting.ts";
export { type ByteConnection, type ByteServer, type ByteServerOptions, startByteServer } from "./bytes/server.ts";
export type { GatewayEvents } from "./gateway/events.ts";
export type { FakeGateway } from "./gateway/gateway.ts";
export type { SocketEnd } from "./gateway/page-socket.ts";
export { NOVA } from "./gateway/script.ts";
export type { FakeGatewayOptions, GatewayScript, GatewayScripts } from "./gateway/script.ts";
export { type FakeGatewayServer, type FakeGatewayServerOptions, startFakeGateway } from "./gateway/server.ts";
export type { FakeSession } from "./gateway/session.ts";
export { startVncPlayer, type VncPlayer, type VncPlayerOptions } from "./recording/player.ts";
export type { PlayerConnection, PlayerEvents } from "./recording/player-connection.ts";
export { recordRfb, type RfbRecorder, type RfbRecorderOptions } from "./recording/recorder.ts";
