import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Readable } from "node:stream";
import { crc32, deflateSync } from "node:zlib";

const SIDE = 128;
const RED_GREEN_BLUE = 2;
const TIGHT_PNG = -260;
const PNG_SUBENCODING = 0xa0;

type Color = (byte: number) => number;

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  return Buffer.concat([u32(data.length), body, u32(crc32(body))]);
}

/** Updates of one PNG of 128 by 128 each. No two are the same, because browsers keep what they have decoded. */
function updatesOf(color: Color): (serial: number) => Buffer {
  const rows = Buffer.alloc((1 + SIDE * 3) * SIDE).map((_, at) => (at % (1 + SIDE * 3) === 0 ? 0 : color(at)));
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const header = chunk("IHDR", Buffer.concat([u32(SIDE), u32(SIDE), Buffer.of(8, RED_GREEN_BLUE, 0, 0, 0)]));
  const pixels = chunk("IDAT", deflateSync(rows, { level: 1 }));
  const end = chunk("IEND", Buffer.alloc(0));
  return (serial) => {
    const image = Buffer.concat([signature, header, chunk("tEXt", Buffer.from(`serial\0${serial}`)), pixels, end]);
    const side = Buffer.of(SIDE >> 8, SIDE & 255);
    const size = Buffer.of((image.length & 0x7f) | 0x80, ((image.length >> 7) & 0x7f) | 0x80, image.length >> 14);
    const head = Buffer.of(0, 0, 0, 1, 0, 0, 0, 0);
    return Buffer.concat([head, side, side, u32(TIGHT_PNG), Buffer.of(PNG_SUBENCODING), size, image]);
  };
}

function* updates(totalBytes: number, last: readonly [number, number, number]): Generator<Buffer> {
  const noise = updatesOf(() => Math.floor(Math.random() * 256));
  let serial = 0;
  for (let sent = 0; sent < totalBytes; serial += 1) {
    const update = noise(serial);
    yield update;
    sent += update.length;
  }
  yield updatesOf((at) => last[((at % (1 + SIDE * 3)) - 1) % 3] ?? 0)(serial);
}

/** The handshake without security (RFC 6143, sections 7.1 to 7.3); what is sent after it is left unread. */
async function handshake(socket: Socket): Promise<void> {
  const ask = async (message: Buffer): Promise<void> => {
    socket.write(message);
    await once(socket, "data");
  };
  const format = Buffer.of(32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0);
  const size = Buffer.of(SIDE >> 8, SIDE & 255, SIDE >> 8, SIDE & 255);
  await ask(Buffer.from("RFB 003.008\n"));
  await ask(Buffer.of(1, 1));
  await ask(u32(0));
  socket.write(Buffer.concat([size, format, u32(5), Buffer.from("flood")]));
  socket.resume();
}

/** A VNC server that waits for no request: it sends pictures that have to be decoded as fast as they are taken. */
export interface PictureFlood extends Disposable {
  readonly address: string;
}

/** Starts a server that sends each client about `totalBytes` of noise, then a picture in the color `last`. */
export async function startPictureFlood(
  totalBytes: number,
  last: readonly [number, number, number],
): Promise<PictureFlood> {
  const server = createServer((socket) => {
    // A page that gives up resets the connection, and says so itself.
    socket.on("error", () => {});
    void handshake(socket).then(() => Readable.from(updates(totalBytes, last)).pipe(socket, { end: false }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => void server.close(),
  };
}
