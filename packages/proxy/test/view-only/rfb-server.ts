/** A way in which an RFB server takes its handshake, and what it sends until ClientInit. */
export interface RfbServer {
  readonly name: string;
  /** All that it sends, in order. */
  readonly sends: Buffer;
  /** What a viewer sends, up to ClientInit. */
  readonly viewer: Buffer;
}

const text = (value: string): Buffer => Buffer.from(value, "latin1");
const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
const join = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);
const uint32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
};

/** What looks like presses of a key wherever it is taken for messages. */
const CHALLENGE = Buffer.alloc(16, bytes(4, 1, 0, 0, 0, 0, 0, 97));
const SHARED = bytes(1);
const V3 = text("RFB 003.003\n");
const V7 = text("RFB 003.007\n");
const V8 = text("RFB 003.008\n");
const OK = uint32(0);

/** Each way that can be followed. */
export const RFB_SERVERS: readonly RfbServer[] = [
  { name: "3.8, None", sends: join(V8, bytes(2, 1, 2), OK), viewer: join(V8, bytes(1), SHARED) },
  {
    name: "3.8, VNC authentication",
    sends: join(V8, bytes(1, 2), CHALLENGE, OK),
    viewer: join(V8, bytes(2), CHALLENGE, SHARED),
  },
  { name: "3.7, None", sends: join(V7, bytes(1, 1)), viewer: join(V7, bytes(1), SHARED) },
  { name: "3.3, None", sends: join(V3, uint32(1)), viewer: join(V3, SHARED) },
  {
    name: "3.3, VNC authentication",
    sends: join(V3, uint32(2), CHALLENGE, OK),
    viewer: join(V3, CHALLENGE, SHARED),
  },
  { name: "3.3 of a later server", sends: join(text("RFB 003.889\n"), uint32(1)), viewer: join(V3, SHARED) },
  { name: "4.1", sends: join(text("RFB 004.001\n"), bytes(1, 1), OK), viewer: join(V8, bytes(1), SHARED) },
  {
    name: "VeNCrypt, Plain",
    sends: join(V8, bytes(1, 19), bytes(0, 2), bytes(0), bytes(2), uint32(256), uint32(257), OK),
    viewer: join(V8, bytes(19), bytes(0, 2), uint32(256), uint32(4), uint32(3), text("user"), text("pwd"), SHARED),
  },
  {
    name: "Tight without ways",
    sends: join(V8, bytes(1, 16), uint32(0), uint32(0), OK),
    viewer: join(V8, bytes(16), SHARED),
  },
  {
    name: "Tight with tunnels and VNC authentication",
    sends: join(V8, bytes(1, 16), uint32(1), Buffer.alloc(16), uint32(2), Buffer.alloc(32), CHALLENGE, OK),
    viewer: join(V8, bytes(16), uint32(0), uint32(2), CHALLENGE, SHARED),
  },
  {
    name: "XVP",
    sends: join(V8, bytes(1, 22), CHALLENGE, OK),
    viewer: join(V8, bytes(22), bytes(1, 2), text("u"), text("vm"), CHALLENGE, SHARED),
  },
  {
    name: "RSA-AES without encryption",
    sends: join(V8, bytes(1, 6), uint32(64), Buffer.alloc(16), bytes(0, 8), Buffer.alloc(8), OK),
    viewer: join(
      join(V8, bytes(6), uint32(64), Buffer.alloc(16, 4), bytes(0, 8), Buffer.alloc(8, 4)),
      join(bytes(0, 20), Buffer.alloc(36, 4), bytes(0, 10), Buffer.alloc(26, 4), SHARED),
    ),
  },
  {
    name: "Apple Remote Desktop",
    sends: join(V8, bytes(1, 30), bytes(0, 2, 0, 16), Buffer.alloc(32), OK),
    viewer: join(V8, bytes(30), Buffer.alloc(128 + 16, 4), SHARED),
  },
  {
    name: "MS-Logon II",
    sends: join(V8, bytes(1, 113), Buffer.alloc(24), OK),
    viewer: join(V8, bytes(113), Buffer.alloc(328, 4), SHARED),
  },
];

/** Lengths of the only messages that may reach a server; undefined for those that have a list. */
const LENGTHS: Readonly<Record<number, number>> = { 0: 20, 3: 10 };

/**
 * What a server makes of what reaches it behind ClientInit.
 *
 * @returns the types of its messages.
 * @throws Error for anything but whole messages about the picture.
 */
export function picturesOnly(passed: Buffer): readonly number[] {
  const types: number[] = [];
  for (let at = 0; at < passed.length;) {
    const type = passed[at] ?? 0;
    const length = type === 2 ? 4 + 4 * passed.readUInt16BE(at + 2) : LENGTHS[type];
    if (length === undefined) throw new Error(`a message of the type ${type} reaches the server`);
    if (at + length > passed.length) throw new Error("a part of a message reaches the server");
    if (type === 2) refuseAnnouncements(passed.subarray(at + 4, at + length));
    types.push(type);
    at += length;
  }
  return types;
}

/** Pseudo-encodings with which a viewer says that it sends other messages. */
const ANNOUNCEMENTS: readonly number[] = [0xc0a1e5ce | 0, -316, -313, -312, -309, -305, -259, -258];

function refuseAnnouncements(list: Buffer): void {
  for (let at = 0; at < list.length; at += 4) {
    const encoding = list.readInt32BE(at);
    if (ANNOUNCEMENTS.includes(encoding)) throw new Error(`the server is told of ${encoding}`);
  }
}
