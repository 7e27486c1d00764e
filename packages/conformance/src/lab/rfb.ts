import type { ByteQueue } from "./byte-queue.ts";
import type { TargetConnection } from "./target.ts";

/** RFB 3.8 (RFC 6143, section 7.1.1). */
export const VERSION: Buffer = Buffer.from("RFB 003.008\n");

/** What a proxy says where it cannot agree with the server, as Nova does. */
export const NO_AGREEMENT = "Unable to negotiate security with server";

/** SecurityResult: OK. */
export const OK: Buffer = Buffer.from([0, 0, 0, 0]);

/** A SecurityResult that refuses, with its reason. */
export function refusal(reason: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(reason.length);
  return Buffer.concat([Buffer.from([0, 0, 0, 1]), length, Buffer.from(reason)]);
}

/** A server up to the proxy's choice of a security type, which it returns. */
export async function offerSecurity(connection: TargetConnection, types: readonly number[]): Promise<number> {
  connection.write(VERSION);
  await connection.input.read(VERSION.length);
  connection.write(Buffer.from([types.length, ...types]));
  return (await connection.input.read(1)).readUInt8();
}

/** A server without security. */
export async function serveRfb(connection: TargetConnection): Promise<void> {
  await offerSecurity(connection, [1]);
  connection.write(OK);
}

/** A viewer, as far as RFB goes for it. */
export interface RfbViewer {
  read(length: number): Promise<Buffer>;
  send(bytes: Uint8Array): void;
  readonly received: ByteQueue;
}

/** A viewer up to its choice of None; what follows is the SecurityResult. */
export async function chooseNone(viewer: RfbViewer): Promise<void> {
  await viewer.read(VERSION.length);
  viewer.send(VERSION);
  await viewer.read(2);
  viewer.send(Buffer.of(1));
}

/** A viewer up to the SecurityResult, which it reads. */
export async function viewRfb(viewer: RfbViewer): Promise<void> {
  await chooseNone(viewer);
  await viewer.read(OK.length);
}
