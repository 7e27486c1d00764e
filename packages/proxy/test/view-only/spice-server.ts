/** What a SPICE server says of itself in its reply to a link message. */
export interface SpiceServer {
  readonly capabilities: number;
  readonly error: number;
}

/** A client with its server. */
export interface SpiceClient {
  readonly name: string;
  /** The common capabilities of the client. */
  readonly capabilities: number;
  readonly server: SpiceServer;
  /** Whether the client says how it authenticates. */
  readonly selectsAuth: boolean;
  /** Whether messages have the short header. */
  readonly isMini: boolean;
}

const SELECTS_AUTH = 1;
const MINI = 8;
const MODERN: SpiceServer = { capabilities: SELECTS_AUTH | 2 | MINI, error: 0 };

/** Clients with all that makes a difference. */
export const SPICE_CLIENTS: readonly [SpiceClient, ...SpiceClient[]] = [
  { name: "a client as spice-html5", capabilities: 9, server: MODERN, selectsAuth: true, isMini: true },
  { name: "one with full headers", capabilities: 1, server: MODERN, selectsAuth: true, isMini: false },
  { name: "one that selects nothing", capabilities: 8, server: MODERN, selectsAuth: false, isMini: true },
  {
    name: "a server that knows no short headers",
    capabilities: 9,
    server: { capabilities: 3, error: 0 },
    selectsAuth: true,
    isMini: false,
  },
  {
    name: "a server that knows neither",
    capabilities: 9,
    server: { capabilities: 0, error: 0 },
    selectsAuth: false,
    isMini: false,
  },
];

const LINK_HEADER_BYTES = 16;
const CAPABILITIES_AT = 166;

/** A server's reply to a link message, with its header. */
export function linkReply({ capabilities, error }: SpiceServer): Buffer {
  const reply = Buffer.alloc(LINK_HEADER_BYTES + CAPABILITIES_AT + 16);
  reply.write("REDQ");
  reply.writeUInt32LE(2, 4);
  reply.writeUInt32LE(2, 8);
  reply.writeUInt32LE(reply.length - LINK_HEADER_BYTES, 12);
  const body = reply.subarray(LINK_HEADER_BYTES);
  body.writeUInt32LE(error);
  body.writeUInt32LE(1, CAPABILITIES_AT);
  body.writeUInt32LE(CAPABILITIES_AT + 12, CAPABILITIES_AT + 8);
  body.writeUInt32LE(capabilities, CAPABILITIES_AT + 12);
  return reply;
}

/** What passes on every channel, and what does on some. */
const COMMON: readonly number[] = [1, 2, 3, 6];
const PASSING: Readonly<Record<number, readonly number[]>> = { 1: [101, 104], 2: [101, 102, 103, 104, 105] };

/**
 * What a server makes of what reaches it on a channel.
 *
 * @returns the types of its messages behind the ticket.
 * @throws Error for anything but messages about the picture.
 */
export function picturesOnly(passed: Buffer, { selectsAuth, isMini }: SpiceClient): readonly number[] {
  if (passed.length < LINK_HEADER_BYTES) return [];
  const linkEnd = LINK_HEADER_BYTES + passed.readUInt32LE(12);
  const channel = passed[LINK_HEADER_BYTES + 4] ?? 0;
  const types: number[] = [];
  const [headerBytes, typeAt] = isMini ? [6, 0] : [18, 8];
  for (let at = linkEnd + (selectsAuth ? 4 : 0) + 128; at < passed.length;) {
    if (at + headerBytes > passed.length) throw new Error("a part of a header reaches the server");
    const type = passed.readUInt16LE(at + typeAt);
    if (!COMMON.includes(type) && !(PASSING[channel] ?? []).includes(type)) {
      throw new Error(`a message of the type ${type} reaches the server on the channel ${channel}`);
    }
    if (!isMini && passed.readUInt32LE(at + 14) !== 0) throw new Error("further messages reach the server");
    types.push(type);
    at += headerBytes + passed.readUInt32LE(at + typeAt + 2);
  }
  return types;
}
