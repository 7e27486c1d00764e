import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

const WIDTH = 640;
const HEIGHT = 480;
/** Sizes of client messages in bytes, by type. SetEncodings and ClientCutText contain theirs. */
const SIZES: Readonly<Record<number, number>> = { 0: 20, 3: 10, 4: 8, 5: 6, 150: 10 };
const UPDATE_REQUEST = 3;

/** A VNC server that uses little CPU: it immediately answers each request with one of two Raw updates. */
export interface FastVnc extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
}

export async function startFastVnc(): Promise<FastVnc> {
  const updates = [update(0x20), update(0xe0)];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // The page may close the connection at any time.
    socket.on("error", () => {});
    serve(socket, updates);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** The server's side of RFB 3.8 without authentication (RFC 6143). */
function serve(socket: Socket, updates: readonly Buffer[]): void {
  const handshake = [
    { takes: 12, answer: Buffer.from([1, 1]) },
    { takes: 1, answer: Buffer.alloc(4) },
    { takes: 1, answer: serverInit() },
  ];
  let input = Buffer.alloc(0);
  let sent = 0;
  const takeOne = (): boolean => {
    const step = handshake[0];
    const size = step?.takes ?? sizeOf(input);
    if (size === 0 || input.length < size) return false;
    const message = input.subarray(0, size);
    input = input.subarray(size);
    if (step) socket.write((handshake.shift(), step.answer));
    else if (message[0] === UPDATE_REQUEST) socket.write(updates[(sent += 1) % updates.length] ?? "");
    return true;
  };
  socket.on("data", (data) => {
    input = Buffer.concat([input, data]);
    while (takeOne());
  });
  socket.write("RFB 003.008\n");
}

/** Size of the message at the start of `input`; 0 if more bytes are needed to know it. */
function sizeOf(input: Buffer): number {
  const type = input[0];
  if (type === undefined) return 0;
  if (type === 2) return input.length < 4 ? 0 : 4 + 4 * input.readUInt16BE(2);
  if (type === 6) return input.length < 8 ? 0 : 8 + Math.abs(input.readInt32BE(4));
  const size = SIZES[type];
  if (size === undefined) throw new Error(`a client sent the message type ${type}`);
  return size;
}

function serverInit(): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt16BE(WIDTH, 0);
  head.writeUInt16BE(HEIGHT, 2);
  Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0]).copy(head, 4);
  head.writeUInt32BE(4, 20);
  return Buffer.concat([head, Buffer.from("fast")]);
}

/** A FramebufferUpdate of the whole screen in one color, Raw. */
function update(value: number): Buffer {
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(WIDTH, 8);
  head.writeUInt16BE(HEIGHT, 10);
  return Buffer.concat([head, Buffer.alloc(WIDTH * HEIGHT * 4, value)]);
}
