import { connect, type Socket } from "node:net";
import { hostAndPort, type Target } from "../net/address.ts";
import type { ConsoleEvents, ConsoleLine } from "./console-line.ts";

/** A console over TCP. */
class TcpConsoleLine implements ConsoleLine {
  readonly #socket: Socket;
  /** Whether the page asked for a pause. */
  #paused = false;

  constructor(target: Target, events: ConsoleEvents) {
    let accepted = false;
    const socket = connect({ ...hostAndPort(target), noDelay: true });
    this.#socket = socket;
    socket.pause();
    socket.on("connect", () => {
      accepted = true;
      events.connected();
    });
    socket.on("data", (bytes: Buffer) => {
      socket.pause();
      void events.output(bytes).then(() => this.#paused || socket.resume());
    });
    // The close event reports the end; the error adds nothing.
    socket.on("error", () => {});
    socket.on("close", () => events.ended(accepted ? "target_closed" : "target_unreachable"));
  }

  start(): void {
    if (!this.#paused) this.#socket.resume();
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket.resume();
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  destroy(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }
}

/** Connects to a console over TCP. */
export function dialTcp(target: Target, events: ConsoleEvents): ConsoleLine {
  return new TcpConsoleLine(target, events);
}
