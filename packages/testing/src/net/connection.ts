import type { Socket } from "node:net";
import type { Fault } from "../faults/fault.ts";
import { FaultInjectingWriter } from "./fault-injecting-writer.ts";
import { ConnectionEnded, Reader } from "./reader.ts";

/** How a connection ended, as the fake server saw it. */
export interface ConnectionEnd {
  /** Who ended it first. */
  readonly by: "client" | "server";
  /** `end`: an orderly FIN. `reset`: RST. */
  readonly how: "end" | "reset";
}

/** One client of a fake server. */
export class FakeConnection<Phase extends string = string> {
  /** 0 for the first connection that the server accepted, then 1, and so on. */
  readonly number: number;
  /** Resolves when the socket is closed; never rejects. */
  readonly closed: Promise<ConnectionEnd>;
  /** @internal */
  protected readonly output: FaultInjectingWriter<Phase>;
  /** @internal */
  protected readonly reader: Reader;
  readonly #socket: Socket;
  #end: ConnectionEnd | undefined;
  #open = true;

  /** @internal Made by the server. */
  constructor(socket: Socket, number: number, faults: readonly Fault<Phase>[]) {
    this.number = number;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("end", () => (this.#end ??= { by: "client", how: "end" }));
    socket.on("error", () => (this.#end ??= { by: "client", how: "reset" }));
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#open = false;
        resolve((this.#end ??= { by: "client", how: "end" }));
      });
    });
    this.reader = new Reader(socket);
    this.output = new FaultInjectingWriter(socket, faults, {
      flood: () => this.flood(),
      stopReading: () => this.stopReading(),
      reset: () => this.reset(),
      end: () => this.end(),
    });
  }

  /** Whether the socket is still open. */
  get open(): boolean {
    return this.#open;
  }

  /** Bytes of output that the operating system has taken. */
  get bytesSent(): number {
    return this.output.sent;
  }

  /** Bytes of input read. */
  get bytesReceived(): number {
    return this.#socket.bytesRead;
  }

  /** Sends nothing more until {@link resume}. */
  stall(): void {
    this.output.stall();
  }

  /** Ends a stall, and reads again after {@link stopReading}. */
  resume(): void {
    this.output.resume();
    this.reader.start();
  }

  /** Reads nothing more until {@link resume}; the client's own end goes unnoticed as long. */
  stopReading(): void {
    this.reader.stop();
  }

  /** Closes with RST. What TCP had not delivered yet is lost. */
  reset(): void {
    this.#end ??= { by: "server", how: "reset" };
    this.#socket.resetAndDestroy();
  }

  /** Closes with FIN, after what was already handed to the operating system. */
  end(): void {
    this.#end ??= { by: "server", how: "end" };
    this.#socket.end();
    // Otherwise unread input would keep the client's FIN out of sight, and the socket open.
    this.reader.drain();
  }

  /** Speaks the server's side of the protocol until the connection ends. */
  async run(): Promise<void> {
    try {
      await this.serve();
    } catch (error) {
      if (error instanceof ConnectionEnded) return;
      this.problem(error instanceof Error ? error.message : String(error));
      this.end();
    }
  }

  /** @internal The protocol; may throw, which ends the connection. */
  protected async serve(): Promise<void> {
    await this.closed;
  }

  /** @internal Takes note of a client that broke the protocol. */
  protected problem(_message: string): void {}

  /** @internal The next piece of an endless stream, for the `flood` fault. */
  protected flood(): Uint8Array {
    return new Uint8Array(65_536);
  }
}
