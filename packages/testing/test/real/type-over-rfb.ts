import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

/** RFB 3.8 numbers that the keyboard needs (RFC 6143, 7.1 to 7.5). */
const SECURITY_NONE = 1;
const SECURITY_VNC = 2;
const KEY_EVENT = 4;
const RETURN_KEYSYM = 0xff0d;

/** Answers a 16-byte VNC authentication challenge. */
export type AnswerChallenge = (challenge: Buffer) => Buffer;

/**
 * Connects to a VNC server as the smallest possible client, types a line and Return, and leaves.
 * Returns the name of the desktop.
 */
export async function typeOverRfb(port: number, line: string, answer?: AnswerChallenge): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    const name = await openDesktop(socket, answer);
    for (const keysym of [...Array.from(line, (character) => character.charCodeAt(0)), RETURN_KEYSYM]) {
      socket.write(keyEvent(keysym, true));
      socket.write(keyEvent(keysym, false));
    }
    socket.end();
    socket.resume();
    await once(socket, "close");
    return name;
  } finally {
    socket.destroy();
  }
}

async function openDesktop(socket: Socket, answer: AnswerChallenge | undefined): Promise<string> {
  await read(socket, 12);
  socket.write("RFB 003.008\n");
  const [count = 0] = await read(socket, 1);
  await read(socket, count);
  socket.write(Buffer.of(answer === undefined ? SECURITY_NONE : SECURITY_VNC));
  if (answer !== undefined) socket.write(answer(await read(socket, 16)));
  const result = await read(socket, 4);
  if (result.readUInt32BE() !== 0) throw new Error("the VNC server refused the password");
  const shared = 1;
  socket.write(Buffer.of(shared));
  const serverInit = await read(socket, 24);
  return (await read(socket, serverInit.readUInt32BE(20))).toString();
}

function keyEvent(keysym: number, down: boolean): Buffer {
  const message = Buffer.alloc(8);
  message.writeUInt8(KEY_EVENT, 0);
  message.writeUInt8(down ? 1 : 0, 1);
  message.writeUInt32BE(keysym, 4);
  return message;
}

async function read(socket: Socket, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  let bytes: Buffer | null;
  while ((bytes = socket.read(length) as Buffer | null) === null) {
    if (socket.readableEnded || socket.destroyed) throw new Error("the VNC server left during the handshake");
    await once(socket, "readable");
  }
  return bytes;
}
