/** Types of channels (`SPICE_CHANNEL_*`). */
export const SpiceChannelType = { main: 1, display: 2, inputs: 3, cursor: 4, playback: 5 } as const;

/** Errors in a server's reply to a link message (`SPICE_LINK_ERR_*`). */
export const LinkError = { ok: 0, invalidMagic: 2, invalidData: 3, badConnectionId: 8 } as const;

/** `SpiceLinkHeader`. */
export const LINK_HEADER_BYTES = 16;

const MAGIC = 0x51_44_45_52;
const VERSION = 2;
const MESSAGE_BYTES = 18;
const MAX_LINK_BYTES = 4096;
const PUBLIC_KEY_BYTES = 162;

/** Bits of the common capabilities. */
const AUTH_SELECTION = 1;
const AUTH_SPICE = 2;
const MINI_HEADER = 8;

/** What a client says first on a channel. */
export interface SpiceLink {
  /** 0 on the main channel; on all others the session's number, from `SPICE_MSG_MAIN_INIT`. */
  readonly connectionId: number;
  /** As in {@link SpiceChannelType}. */
  readonly channelType: number;
  /** Tells channels of one type apart. */
  readonly channelId: number;
}

/** A client's link message, with what follows from its capabilities. */
export interface ReceivedLink extends SpiceLink {
  readonly selectsAuth: boolean;
  readonly hasMiniHeader: boolean;
}

/** How many bytes follow the header of a link message. @throws Error when it is none. */
export function linkBytes(header: Buffer): number {
  if (header.readUInt32LE(0) !== MAGIC) throw new Error("a link message begins with REDQ");
  const bytes = header.readUInt32LE(12);
  if (bytes < MESSAGE_BYTES || bytes > MAX_LINK_BYTES) throw new Error(`a link message has ${bytes} bytes`);
  return bytes;
}

/** Reads a link message without its header. */
export function readLink(message: Buffer): ReceivedLink {
  const capabilities = message.readUInt32LE(6) === 0 ? 0 : message.readUInt32LE(message.readUInt32LE(14));
  return {
    connectionId: message.readUInt32LE(0),
    channelType: message.readUInt8(4),
    channelId: message.readUInt8(5),
    selectsAuth: (capabilities & AUTH_SELECTION) !== 0,
    hasMiniHeader: (capabilities & MINI_HEADER) !== 0,
  };
}

/** A server's reply to a link message, with its header. */
export function encodeReply(error: number): Buffer {
  const body = Buffer.alloc(4 + PUBLIC_KEY_BYTES + 12 + 4);
  body.writeUInt32LE(error, 0);
  body.writeUInt32LE(1, 4 + PUBLIC_KEY_BYTES);
  body.writeUInt32LE(4 + PUBLIC_KEY_BYTES + 12, 4 + PUBLIC_KEY_BYTES + 8);
  body.writeUInt32LE(AUTH_SELECTION | AUTH_SPICE | MINI_HEADER, 4 + PUBLIC_KEY_BYTES + 12);
  return Buffer.concat([encodeLinkHeader(body.length), body]);
}

/**
 * A client's link message, with its header.
 *
 * @param capabilities - the common ones. @defaultValue those of spice-html5: selects how to authenticate, short headers
 */
export function encodeSpiceLink(link: SpiceLink, capabilities: number = AUTH_SELECTION | MINI_HEADER): Buffer {
  const body = Buffer.alloc(MESSAGE_BYTES + 4);
  body.writeUInt32LE(link.connectionId, 0);
  body.writeUInt8(link.channelType, 4);
  body.writeUInt8(link.channelId, 5);
  body.writeUInt32LE(1, 6);
  body.writeUInt32LE(MESSAGE_BYTES, 14);
  body.writeUInt32LE(capabilities, MESSAGE_BYTES);
  return Buffer.concat([encodeLinkHeader(body.length), body]);
}

/** A message of an open channel, with the short or the full header. */
export function encodeSpiceMessage(type: number, body: Uint8Array, isMini: boolean = true): Buffer {
  const header = Buffer.alloc(isMini ? 6 : 18);
  const at = isMini ? 0 : 8;
  header.writeUInt16LE(type, at);
  header.writeUInt32LE(body.length, at + 2);
  return Buffer.concat([header, body]);
}

function encodeLinkHeader(bytes: number): Buffer {
  const header = Buffer.alloc(LINK_HEADER_BYTES);
  for (const [index, value] of [MAGIC, VERSION, 2, bytes].entries()) header.writeUInt32LE(value, 4 * index);
  return header;
}
