import { WebSocket } from "ws";
import { NUMBER_BYTES } from "./target.ts";

/** Size of a key: that of a key event of RFB (RFC 6143, section 7.5.4). */
const KEY = Buffer.alloc(8, 4);

/** A well-behaved client that types at a steady pace, whether or not the echo of the keys before has come. */
export class VictimSession {
  readonly number: number;
  /** Durations of the round trips that ended, in milliseconds. */
  roundTrips: number[] = [];
  isClosed = false;
  readonly #socket: WebSocket;
  /** When each key was typed whose echo has not come; times of the monotonic clock. */
  #sent: number[] = [];
  #received = 0;
  #typing: NodeJS.Timeout | undefined;

  private constructor(number: number, socket: WebSocket) {
    this.number = number;
    this.#socket = socket;
  }

  /** Opens a session; resolves once its target has answered. @throws Error when the gateway refuses it */
  static async open(host: string, token: string, number: number): Promise<VictimSession> {
    const socket = new WebSocket(`ws://${host}/?token=${token}`, ["binary"], { perMessageDeflate: false });
    const session = new VictimSession(number, socket);
    const hello = Buffer.alloc(NUMBER_BYTES);
    hello.writeUInt32BE(number);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    let head = 0;
    socket.on("open", () => socket.send(hello));
    socket.on("message", (bytes: Buffer) => {
      if (head < NUMBER_BYTES) {
        head += bytes.length;
        resolve(undefined);
      } else session.#take(bytes.length);
    });
    socket.on("error", reject);
    socket.on("close", (code, reason) => {
      session.isClosed = true;
      session.#sent = [];
      clearInterval(session.#typing);
      reject(new Error(`the gateway refused a victim's session with ${code} ${reason.toString()}`));
    });
    await promise;
    return session;
  }

  /**
   * Types a key every so many milliseconds.
   *
   * @param phase - when the first one is, as a part of that time: people do not type in step.
   */
  type(everyMs: number, phase: number): void {
    const type = (): void => {
      if (this.#socket.readyState !== WebSocket.OPEN) return;
      this.#sent.push(performance.now());
      this.#socket.send(KEY);
    };
    this.#typing = setTimeout(() => {
      type();
      this.#typing = setInterval(type, everyMs);
    }, phase * everyMs);
  }

  /** How long the oldest key without an echo has waited, in milliseconds; 0 if there is none. */
  get waitingMs(): number {
    const [oldest] = this.#sent;
    return oldest === undefined ? 0 : performance.now() - oldest;
  }

  close(): void {
    this.#socket.terminate();
  }

  #take(bytes: number): void {
    this.#received += bytes;
    for (; this.#received >= KEY.length; this.#received -= KEY.length) {
      this.roundTrips.push(performance.now() - (this.#sent.shift() ?? 0));
    }
  }
}
