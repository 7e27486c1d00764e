import { CloseCode, type ServerCloseReason } from "@curfew/protocol";
import type { Socket } from "node:net";
import type { BufferPool } from "../net/buffer-pool.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { Relay } from "../relay/relay.ts";
import { closeTarget } from "../targets/close.ts";
import { dial, type DialOptions } from "../targets/dial.ts";
import type { RelayedBytes } from "../telemetry/session-observer.ts";
import { type ConnectionHandler, PauseReason, type WebSocketConnection } from "../websocket/connection.ts";
import { ControlMessages, type TimeLeft } from "./control-messages.ts";

/** What the channels of a gateway share. */
export interface ChannelContext {
  readonly dialing: DialOptions;
  readonly buffers: BufferPool;
}

/** What a channel tells its session. */
export interface ChannelHandler {
  /** The client sends these bytes to the console. */
  onInput(bytes: Uint8Array): void;
  /** The target has closed and all that it sent was passed on; perhaps called more than once. */
  onTargetEnd(): void;
  /** The client has left, with its close code; 1006 when the connection broke without one. */
  onClientLeft(code: number): void;
  /** The client broke the protocol. */
  onProtocolError(detail: string): void;
  /** One of the two sockets is gone. */
  onSocketClosed(): void;
  /** @throws EndError when the renewal is refused. */
  renew(token: string): Promise<TimeLeft>;
}

/** One client connection with its connection to the target. A VNC or serial session has one of them. */
export class Channel {
  readonly connection: WebSocketConnection;
  readonly control: ControlMessages;
  readonly #context: ChannelContext;
  readonly #handler: ChannelHandler;
  #relay: Relay | undefined;
  #target: Socket | undefined;
  /** Pings since the last sign of life. */
  #unanswered = 0;

  constructor(connection: WebSocketConnection, context: ChannelContext, handler: ChannelHandler) {
    this.connection = connection;
    this.#context = context;
    this.#handler = handler;
    this.control = new ControlMessages(connection, {
      renew: async (token) => await handler.renew(token),
      pauseTarget: () => this.#relay?.pauseTarget(),
      resumeTarget: () => this.#relay?.resumeTarget(),
      onProtocolError: (detail) => handler.onProtocolError(detail),
    });
    // Nothing is read, and so nothing lost, until there is a target to write to.
    connection.listen(this.#clientEvents);
  }

  get bytes(): RelayedBytes {
    return this.#relay?.bytes ?? { toClient: 0, toTarget: 0 };
  }

  /** Whether both sockets are gone. */
  get isClosed(): boolean {
    return this.connection.isClosed && (this.#target === undefined || this.#target.closed);
  }

  /**
   * Dials the target; what the client sends meanwhile reaches it as soon as it accepts.
   *
   * @throws EndError when the target does not accept.
   */
  async connect(endpoint: Endpoint): Promise<void> {
    this.#relay = new Relay(this.connection, this.#context.buffers);
    const { socket, connected } = dial(endpoint, this.#context.dialing, this.#relay.onread);
    this.#target = socket;
    socket.once("close", () => this.#handler.onSocketClosed());
    this.#relay.attach(socket, () => this.#handler.onTargetEnd());
    this.connection.resume(PauseReason.opening);
    await connected;
  }

  /** Tells the client that the console is open. */
  hello(session: string, timeLeft: TimeLeft): void {
    this.control.hello(session, timeLeft);
    this.connection.resume(PauseReason.opening);
  }

  /** Asks the client for a sign of life, and gives up when two pings went unanswered. */
  heartbeat(): void {
    const { connection } = this;
    if (!connection.isOpen) return;
    // A client that is behind gets the ping late, and one that is paused cannot answer.
    if (this.#unanswered > 1 && !connection.isPaused && connection.unsentBytes === 0) return connection.terminate();
    this.#unanswered += 1;
    connection.ping();
  }

  /** From here on no byte passes in either direction. */
  stop(): void {
    this.control.stop();
    this.#relay?.stop();
  }

  /**
   * Closes the connection to the target.
   *
   * @param flushMs - how long what the client sent last may take to reach it; 0 closes it at once.
   */
  closeTarget(flushMs: number): void {
    if (this.#target !== undefined) closeTarget(this.#target, flushMs);
  }

  /**
   * Tells the client why the session ended and closes its connection; does nothing when that closes already.
   *
   * @param graceMs - how long the client has to complete the closing handshake.
   */
  closeClient(reason: ServerCloseReason, detail: string | undefined, graceMs: number): void {
    this.control.bye(reason, detail);
    // Stock clients expect 1000 when a target ends, as websockify and Nova send it.
    const code = reason === "target_closed" && !this.control.enabled ? 1000 : CloseCode[reason];
    this.connection.close(code, reason, graceMs);
  }

  readonly #clientEvents: ConnectionHandler = {
    onBytes: (run) => {
      this.#unanswered = 0;
      this.#handler.onInput(run);
      this.#relay?.forwardToTarget(run);
    },
    onText: (message) => {
      this.#unanswered = 0;
      this.control.receive(message);
      // What asks for an answer waits for `hello`; until then no more is read.
      if (this.control.isWaiting) this.connection.pause(PauseReason.opening);
    },
    onTextTooLong: () => this.control.receiveTooLong(),
    onPong: () => {
      this.#unanswered = 0;
    },
    onClose: (code) => this.#handler.onClientLeft(code),
    onProtocolError: ({ message }) => this.#handler.onProtocolError(message),
    onSocketClosed: () => this.#handler.onSocketClosed(),
  };
}
