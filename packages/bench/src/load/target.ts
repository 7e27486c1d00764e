import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Certificate } from "../machine/certificate.ts";
import { resetSocket } from "./reset-socket.ts";

/** Length of the session number at the start of a connection. */
export const NUMBER_BYTES = 4;

/** The target's response to the session number; it stands for the first output of a console. */
export const ACKNOWLEDGEMENT: Buffer = Buffer.from([0x2e]);

/** The console that proxies dial. A session's first bytes are its number, which connects its two ends in the generator. */
export class Target {
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();
  readonly #expected = new Map<number, (socket: Socket) => void>();

  private constructor(tls: TlsFiles | undefined) {
    const accept = (socket: Socket): void => this.#accept(socket);
    this.#server =
      tls === undefined ? createServer({ noDelay: true }, accept) : createTlsServer({ ...tls, noDelay: true }, accept);
    this.#scheme = tls === undefined ? "" : "tls://";
  }

  /** @param certificate - for a target that accepts TLS instead of plain TCP */
  static async listen(certificate?: Certificate): Promise<Target> {
    const target = new Target(certificate && (await readTlsFiles(certificate)));
    target.#server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
    await once(target.#server, "listening");
    return target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The address for the gateway: `host:port`, or `tls://host:port`. */
  get endpoint(): string {
    return `${this.#scheme}127.0.0.1:${this.port}`;
  }

  /** Waits for the target's socket of the session with that number. */
  async session(number: number): Promise<Socket> {
    const { promise, resolve } = Promise.withResolvers<Socket>();
    this.#expected.set(number, resolve);
    return await promise;
  }

  /** Resets the connections of all remaining sessions, which leaves none of them in TIME_WAIT. */
  reset(): void {
    for (const socket of this.#sockets) resetSocket(socket);
    this.#expected.clear();
  }

  async close(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", ignore).once("close", () => this.#sockets.delete(socket));
    let first = Buffer.alloc(0);
    const identify = (bytes: Buffer): void => {
      first = Buffer.concat([first, bytes]);
      if (first.length < NUMBER_BYTES) return;
      socket.off("data", identify);
      const number = first.readUInt32BE(0);
      const resolve = this.#expected.get(number);
      this.#expected.delete(number);
      socket.write(ACKNOWLEDGEMENT);
      resolve?.(socket);
    };
    socket.on("data", identify);
  }
}

interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

async function readTlsFiles({ cert, key }: Certificate): Promise<TlsFiles> {
  return { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
}

function ignore(): void {}
