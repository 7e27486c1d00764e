/** Fake VNC, serial and byte servers with scripted faults. */
export type { Fault, FaultPoint, FaultScript } from "./faults/fault.ts";
export { SeededBytes, seededBytes, seededHash } from "./faults/seeded-bytes.ts";
export type { ConnectionEnd, FakeConnection } from "./net/connection.ts";
export type { RecordedEvent, WaitOptions } from "./net/recorder.ts";
export type { ConnectionEvents, FakeServer, FakeServerOptions } from "./net/server.ts";
export type { VncConnection, VncEvents } from "./vnc/connection.ts";
export type { RfbVersion, VncPhase } from "./vnc/handshake.ts";
export { blockAt, DEFAULT_SIZE, frame, type Picture, pictureHash, type Rect, type Size } from "./vnc/picture.ts";
export type { PixelFormat } from "./vnc/pixel-format.ts";
export { type FakeVncOptions, type FakeVncServer, startFakeVnc } from "./vnc/server.ts";
export type { VncEncoding } from "./vnc/update-encoder.ts";
export type { SerialConnection, SerialEvents, SerialPhase } from "./serial/connection.ts";
export { type FakeSerialOptions, type FakeSerialServer, startFakeSerial } from "./serial/server.ts";
export { type ByteConnection, type ByteServer, type ByteServerOptions, startByteServer } from "./bytes/server.ts";
