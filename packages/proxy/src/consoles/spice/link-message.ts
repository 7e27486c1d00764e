import { EndError } from "../../end-reason.ts";

/** `SpiceLinkHeader`: magic, major and minor version, and the size of what follows, each 4 bytes. */
export const LINK_HEADER_BYTES = 16;

/** The longest message behind the header, in bytes; real ones have less than 100. */
const MAX_LINK_BYTES = 4096;

const MAGIC = "REDQ";
const MAJOR_VERSION = 2;

/** `SpiceLinkMess` before its capabilities. */
const MESSAGE_BYTES = 18;

/** `SpiceLinkReply` before its capabilities: an error and a public key of 162 bytes come first. */
const REPLY_CAPABILITIES_AT = 166;
const REPLY_BYTES = 178;

/** Bits of the common capabilities (`SPICE_COMMON_CAP_*`). */
const AUTH_SELECTION = 1;
const MINI_HEADER = 8;

/** Types of channels (`SPICE_CHANNEL_*`). */
export const ChannelType = { main: 1, display: 2, inputs: 3 } as const;

/** What a client says first on each channel. */
export interface LinkMessage {
  /** Names the session on all channels but the main one. */
  readonly connectionId: number;
  /** One of {@link ChannelType}, or another. */
  readonly channelType: number;
  /** Whether the client says how it authenticates. */
  readonly selectsAuth: boolean;
  /** Whether messages have the short header, if the server agrees. */
  readonly hasMiniHeader: boolean;
}

/**
 * The length of a link message with its header.
 *
 * @param header - {@link LINK_HEADER_BYTES} or more.
 * @throws EndError `protocol_error` for what is none, or is too long.
 */
export function linkMessageBytes(header: Buffer): number {
  if (header.toString("latin1", 0, 4) !== MAGIC) throw malformed(`expected it to begin with ${MAGIC}`);
  const version = header.readUInt32LE(4);
  if (version !== MAJOR_VERSION) throw malformed(`expected version ${MAJOR_VERSION}, but got ${version}`);
  const bytes = header.readUInt32LE(12);
  if (bytes < MESSAGE_BYTES || bytes > MAX_LINK_BYTES) {
    throw malformed(`expected ${MESSAGE_BYTES} to ${MAX_LINK_BYTES} bytes, but got ${bytes}`);
  }
  return LINK_HEADER_BYTES + bytes;
}

/**
 * Reads a client's link message.
 *
 * @param bytes - the message with its header, and perhaps what follows.
 * @throws EndError `protocol_error` when it is malformed.
 */
export function readLinkMessage(bytes: Buffer): LinkMessage {
  const message = bytes.subarray(LINK_HEADER_BYTES, linkMessageBytes(bytes));
  const common = commonCapabilities(message, 6, message.readUInt32LE(14));
  if (common === undefined) throw malformed("expected its capabilities within it");
  return {
    connectionId: message.readUInt32LE(0),
    channelType: message.readUInt8(4),
    selectsAuth: (common & AUTH_SELECTION) !== 0,
    hasMiniHeader: (common & MINI_HEADER) !== 0,
  };
}

/** What a server agrees to in its reply to a link message, which is given without its header. */
export function readLinkReply(reply: Buffer): Pick<LinkMessage, "selectsAuth" | "hasMiniHeader"> {
  const at = REPLY_CAPABILITIES_AT;
  const hasCapabilities = reply.length >= REPLY_BYTES;
  const common = hasCapabilities ? (commonCapabilities(reply, at, reply.readUInt32LE(at + 8)) ?? 0) : 0;
  return { selectsAuth: (common & AUTH_SELECTION) !== 0, hasMiniHeader: (common & MINI_HEADER) !== 0 };
}

/** The first word of them; undefined if it is not within the message. */
function commonCapabilities(message: Buffer, countAt: number, at: number): number | undefined {
  if (message.readUInt32LE(countAt) === 0) return 0;
  return at + 4 <= message.length ? message.readUInt32LE(at) : undefined;
}

function malformed(expected: string): EndError {
  return new EndError("protocol_error", `malformed SPICE link message: ${expected}`);
}
