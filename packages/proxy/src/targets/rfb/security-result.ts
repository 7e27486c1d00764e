import type { StageTarget } from "../stage.ts";

/** How long a server's reason may be, in bytes. */
const MAX_REASON_BYTES = 256;

/** What the client is told in place of a reason that is too long, and of failures of the gateway's own. */
export const NO_AGREEMENT = "Unable to negotiate security with server";

/** A server's answer at the end of the security handshake (RFC 6143, section 7.1.3). */
export interface SecurityResult {
  /** As the server sent it; a reason that is too long is replaced. */
  readonly bytes: Buffer;
  /** Why the server refuses, for people; undefined if it does not. */
  readonly refusal: Buffer | undefined;
}

/** Reads a SecurityResult of RFB 3.8. */
export async function readSecurityResult(target: StageTarget): Promise<SecurityResult> {
  const status = await target.read(4);
  if (status.readUInt32BE() === 0) return { bytes: status, refusal: undefined };
  const reason = await readReason(target);
  return { bytes: Buffer.concat([status, encodeReason(reason)]), refusal: reason };
}

/** Reads the reason of a refusal, or what to say in place of one that is too long. */
export async function readReason(target: StageTarget): Promise<Buffer> {
  const length = (await target.read(4)).readUInt32BE();
  return length > MAX_REASON_BYTES ? Buffer.from(NO_AGREEMENT) : await target.read(length);
}

/** A reason with its length in front. */
export function encodeReason(reason: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(reason.length);
  return Buffer.concat([length, reason]);
}

/** The SecurityResult that refuses a client. */
export function encodeRefusal(reason: string): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 1]), encodeReason(Buffer.from(reason))]);
}
