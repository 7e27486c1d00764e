import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** Bytes with which a client says which session it is; the target answers with the same. */
export const NUMBER_BYTES = 4;

/** What a target saw of one session. Times are of the monotonic clock, in milliseconds. */
export interface TargetRecord {
  /** When the gateway closed the connection; undefined while it is open. */
  closedAt: number | undefined;
  /** When the last typed byte came. */
  lastByteAt: number;
}

/** An echo target that notes when the gateway closes each connection. */
export class EchoTarget {
  readonly #records = new Map<number, TargetRecord>();
  readonly #server = createServer({ noDelay: true }, (socket) => this.#serve(socket));

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** What was seen of the session with this number. @throws Error for a session that never came */
  record(number: number): TargetRecord {
    const record = this.#records.get(number);
    if (record === undefined) throw new Error(`session ${number} never reached its target`);
    return record;
  }

  #serve(socket: Socket): void {
    const record: TargetRecord = { closedAt: undefined, lastByteAt: 0 };
    let head = Buffer.alloc(0);
    socket.on("data", (bytes) => {
      record.lastByteAt = performance.now();
      if (head.length < NUMBER_BYTES) {
        head = Buffer.concat([head, bytes]);
        if (head.length >= NUMBER_BYTES) this.#records.set(head.readUInt32BE(), record);
      }
      socket.write(bytes);
    });
    const closed = (): void => void (record.closedAt ??= performance.now());
    socket.on("end", closed).on("close", closed).on("error", ignore);
  }
}

function ignore(): void {}
