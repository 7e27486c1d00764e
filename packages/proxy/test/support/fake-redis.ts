import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** What a fake store answers to a command, in RESP3; undefined for nothing. */
export type RedisAnswer = (command: readonly string[], socket: Socket) => string | undefined;

/** What a server says of itself; by default it is a master of a version that is supported. */
export function hello(
  fields: { readonly version?: string; readonly mode?: string; readonly role?: string } = {},
): string {
  const { version = "7.2.4", mode = "standalone", role = "master" } = fields;
  const texts = Object.entries({ server: "redis", version, mode, role }).flat();
  return `%7\r\n${texts.map(bulk).join("")}${bulk("proto")}:3\r\n${bulk("id")}:1\r\n${bulk("modules")}*0\r\n`;
}

/** A text as Redis sends it. */
export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** What it says to a gateway that connects, unless a test wants something else. */
const DEFAULTS: Readonly<Record<string, () => string>> = { HELLO: hello, SCRIPT: () => bulk("sha1") };

/** A server that speaks as Redis does, and says what a test wants. */
export class FakeRedis implements AsyncDisposable {
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: RedisAnswer) {
    this.#listener = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
      socket.on("data", (data) => {
        for (const command of parseCommands(data.toString())) {
          const said = answer(command, socket) ?? DEFAULTS[command[0] ?? ""]?.();
          if (said !== undefined) socket.write(said);
        }
      });
    });
  }

  /** @param answer - what it says, where that is not only what it is. */
  static async start(answer: RedisAnswer): Promise<FakeRedis> {
    const server = new FakeRedis(answer);
    server.#listener.listen(0, "127.0.0.1");
    await once(server.#listener, "listening");
    return server;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** How many are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#listener.close();
    await once(this.#listener, "close");
  }
}

/** Commands that came whole, as short ones do. */
function parseCommands(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/\*\d+\r\n((?:\$\d+\r\n[^\r]*\r\n)+)/g)].map(([, parts = ""]) =>
    [...parts.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map(([, part = ""]) => part),
  );
}
