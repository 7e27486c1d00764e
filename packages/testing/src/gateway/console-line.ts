import { connect, type Socket } from "node:net";
import type { ServerCloseReason } from "@curfew/protocol";
import { hostAndPort, type Target } from "../net/address.ts";

/** What a session is told of its console. */
export interface ConsoleEvents {
  connected(): void;
  /** Resolves when the page has room for more. */
  output(bytes: Buffer): Promise<void>;
  ended(reason: ServerCloseReason): void;
}

/** The connection from a fake gateway to the console behind it. */
export class ConsoleLine {
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
    // The reason is told when it closes, and that it was a reset says no more.
    socket.on("error", () => {});
    socket.on("close", () => events.ended(accepted ? "target_closed" : "target_unreachable"));
  }

  /** Lets output flow. */
  start(): void {
    this.#socket.resume();
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket.resume();
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  destroy(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }
}
