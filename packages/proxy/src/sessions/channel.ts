import { EndError } from "../end-reason.ts";
import type { Access, ConsoleType, Grant } from "../tokens/grant.ts";
import type { ClientFilter } from "../consoles/client-filter.ts";
import type { ConsoleDefinition } from "../consoles/console-definition.ts";
import type { IdentifiedChannel } from "../consoles/identified-channel.ts";
import type { UserInput } from "../consoles/user-input.ts";
import type { Endpoint } from "../net/endpoint.ts";
import type { BufferPool } from "../net/buffer-pool.ts";
import { ClientReader } from "../relay/client-reader.ts";
import { FilteredRelay } from "../relay/filtered-relay.ts";
import { Relay } from "../relay/relay.ts";
import type { Tap } from "../relay/tap.ts";
import { tapFilter } from "../relay/tapped-filter.ts";
import { TargetPauseReason } from "../relay/to-client.ts";
import { requestPath } from "../targets/connect-request.ts";
import { dial, type DialOptions } from "../targets/dial.ts";
import type { Target } from "../targets/target.ts";
import type { RelayedBytes } from "../telemetry/session-info.ts";
import type { FrameError } from "../websocket/frame-error.ts";
import type { Turns } from "../time/turns.ts";
import { type WebSocketConnection } from "../websocket/connection.ts";
import { PauseReason } from "../websocket/pause-reason.ts";
import type { ConnectionHandler } from "../websocket/connection-handler.ts";
import { type ControlHandler, ControlMessages, type PublicEnd, type TimeLeft } from "./control-messages.ts";
import type { ChannelWatchers } from "./channel-watchers.ts";
import { closeFrame } from "./close-frame.ts";
import { HandshakeTimer } from "./handshake-timer.ts";
import { identifyChannel } from "./identify-channel.ts";
import type { IdleContext } from "./idle-timer.ts";
import { securityFailure } from "./security-failure.ts";
import { runNegotiation } from "./run-negotiation.ts";

/** What the channels of a gateway share. */
export interface ChannelContext extends Pick<IdleContext, "idleTimeoutMs"> {
  readonly consoles: Readonly<Record<ConsoleType, ConsoleDefinition>>;
  readonly dialing: DialOptions;
  readonly buffers: BufferPool;
  readonly turns: Turns;
}

/** What a channel tells its session. */
export interface ChannelHandler {
  /** The user did something. */
  onUserInput(): void;
  /** The target has closed and all that it sent was passed on; perhaps called more than once. */
  onTargetEnd(channel: Channel): void;
  /** The client has left, with its close code; 1006 when the connection broke without one. */
  onClientLeft(channel: Channel, code: number): void;
  /** The target has given the session a number, which other channels name to join it. */
  onNumber(number: number): void;
  /** The client broke the protocol. */
  onProtocolError(detail: string): void;
  /** Whether bytes and messages may still pass. Ends the session if its deadline has come. */
  mayPass(): boolean;
  /** A tap, the filter or the gateway itself has failed. */
  onFailed(error: unknown): void;
  /** The channel cannot be opened, or its handshake takes too long. */
  onChannelFailed(channel: Channel, error: unknown): void;
  /** One of the two sockets is gone. */
  onSocketClosed(): void;
  /** How much time the session has left. */
  readonly timeLeft: TimeLeft;
  /** Whether the client has not asked for too many renewals yet. */
  mayRenew(): boolean;
  /** @throws EndError when the renewal is refused. */
  renew(token: string): Promise<TimeLeft>;
  /** The user's answer whether another session may take over. */
  onTakeoverAnswer(id: number, allow: boolean): void;
}

/**
 * One client connection with its connection to the target. A VNC or serial session has one of them, a SPICE session
 * several. It is itself the handler of both halves: an object of closures would cost each session half a kilobyte.
 */
export class Channel implements ConnectionHandler, ControlHandler {
  readonly connection: WebSocketConnection;
  readonly control: ControlMessages;
  readonly #context: ChannelContext;
  #handler: ChannelHandler;
  /** Reads what the client says first, where that tells which session it belongs to. */
  #preview: ClientReader | undefined;
  #identified: IdentifiedChannel | undefined;
  /** Of a handshake between the client and the target. */
  #handshakeTimer: HandshakeTimer | undefined;
  #relay: Relay | undefined;
  #target: Target | undefined;
  #userInput: UserInput | undefined;
  /** What precedes the relay, once the client has its `hello`. */
  #negotiation: (() => Promise<void>) | undefined;
  #isOpen = false;
  /** Pings since the last sign of life. */
  #unanswered = 0;

  constructor(connection: WebSocketConnection, context: ChannelContext, handler: ChannelHandler) {
    this.connection = connection;
    this.#context = context;
    this.#handler = handler;
    this.control = new ControlMessages(connection, this);
    // Nothing is read, and so nothing lost, until there is a target to write to.
    connection.listen(this);
  }

  get bytes(): RelayedBytes {
    return this.#relay?.bytes ?? { toClient: 0, toTarget: 0 };
  }

  /** The connection to the target, once it is being dialed. */
  get target(): Target | undefined {
    return this.#target;
  }

  /** Whether the target was reached, so that the client had its `hello`. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Why the target has closed, as {@link securityFailure} tells it; the client connected `ageMs` ago. */
  securityFailure(endpoint: Endpoint, ageMs: number): EndError | undefined {
    const isFresh = this.bytes.toClient === 0 && ageMs < this.#context.dialing.timeoutMs;
    return this.#target && securityFailure(this.#target, endpoint, isFresh);
  }

  /** Whether both sockets are gone. */
  get isClosed(): boolean {
    return this.connection.isClosed && (this.#target === undefined || this.#target.isClosed);
  }

  /**
   * Where a session has several channels: learns from what the client says first which session this one belongs to.
   *
   * @returns the number of the session to join; undefined if the channel begins one.
   * @throws EndError `protocol_error` when the client does not say so.
   */
  async identify(type: ConsoleType): Promise<number | undefined> {
    const { identify } = this.#context.consoles[type];
    if (identify === undefined) return undefined;
    this.#preview = new ClientReader(this.connection);
    this.#identified = await identifyChannel(identify, this.#preview, this.#context.dialing.timeoutMs);
    return this.#identified.joins;
  }

  /** Tells the client that a user is asked. It is read a little meanwhile, so that a client that leaves is noticed. */
  awaitTakeover(): void {
    this.#preview ??= new ClientReader(this.connection);
    this.#preview.readAhead();
    this.control.takeoverPending();
  }

  /** From now on the channel belongs to another session. To be called before {@link connect}. */
  moveTo(handler: ChannelHandler): void {
    this.#handler = handler;
  }

  /**
   * Dials the target and runs the stages of its handshake. What the client sends meanwhile reaches it as soon as it
   * accepts, or has completed the handshake if there is one.
   *
   * @throws EndError when the target does not accept, its handshake fails, or the access cannot be enforced.
   */
  async connect(grant: Grant, { userInput, createTaps, watchHandshake }: ChannelWatchers): Promise<void> {
    const { consoles, dialing, buffers, turns } = this.#context;
    const { handshake, negotiate, createFilter } = consoles[grant.type];
    const ownFilter = createFilter?.(grant);
    // Access that cannot be enforced is refused rather than given in full (rule 14).
    if (grant.access !== "control" && ownFilter === undefined) {
      throw new EndError("forbidden", `the gateway cannot enforce view-only access to a ${grant.type} console`);
    }
    const watching = this.#withWatch(createTaps());
    const taps = ownFilter?.takeFromTarget === undefined ? watching : [...watching, this.#showTarget(ownFilter)];
    const filter = tapFilter(ownFilter, taps, (released) => this.#holdClient(released));
    const options = { buffers, turns, taps, session: this.#handler };
    const relay =
      filter === undefined ? new Relay(this.connection, options) : new FilteredRelay(this.connection, options, filter);
    this.#relay = relay;
    this.#userInput = userInput;
    const said = this.#preview?.takeUnread();
    const { endpoint, internalAccessPath: path } = grant;
    const stages = path === undefined ? handshake : [requestPath(path), ...handshake];
    const target = dial(endpoint, dialing, relay.reader, stages);
    this.#target = target;
    if (negotiate !== undefined) {
      const options = { negotiate, grant, target, relay, control: this.control, timeoutMs: dialing.timeoutMs };
      this.#negotiation = async () => await runNegotiation(options);
    }
    target.onClosed(() => this.#handler.onSocketClosed());
    if (watchHandshake !== undefined) target.onConnected(watchHandshake);
    if (said !== undefined) {
      // Judged as what follows. If the filter refuses it, the session ends, and with it the target.
      relay.readClient();
      userInput?.take(said);
      relay.forwardToTarget(said);
    }
    if (target.takesEarlyBytes) this.#startRelay();
    await target.ready;
  }

  /** Adds what follows the handshake of a channel that was identified. */
  #withWatch(taps: readonly Tap[]): readonly Tap[] {
    const identified = this.#identified;
    if (identified === undefined) return taps;
    this.#identified = undefined;
    const timer = new HandshakeTimer(identified);
    this.#handshakeTimer = timer;
    const watch = identified.watchTarget({
      onNumber: (number) => this.#handler.onNumber(number),
      onOver: () => timer.stop(),
    });
    return [...taps, watch];
  }

  /** Shows a filter what the target sends, and passes on what it has kept until then. */
  #showTarget(filter: ClientFilter): Tap {
    return {
      take: (bytes) => {
        if (filter.takeFromTarget?.(bytes) === true) this.#relay?.forwardToTarget(Buffer.alloc(0));
        return undefined;
      },
      end: () => {},
    };
  }

  /** Does not read the client until a tap has caught up that is behind. */
  #holdClient(released: Promise<void> | undefined): void {
    if (released === undefined) return;
    this.connection.pause(PauseReason.tapBehind);
    released.then(
      () => this.connection.resume(PauseReason.tapBehind),
      (error: unknown) => this.#handler.onFailed(error),
    );
  }

  /** Tells the client that the console is open. */
  hello(session: string, timeLeft: TimeLeft, access: Access): void {
    this.#isOpen = true;
    this.control.hello(session, timeLeft, access);
    // Not earlier: nothing comes before `hello`, and a handshake may have left bytes to pass on.
    if (this.#negotiation !== undefined) void this.#negotiate(this.#negotiation);
    else if (this.#target?.takesEarlyBytes === false) this.#startRelay();
    this.connection.resume(PauseReason.beforeHello);
    this.#handshakeTimer?.start(
      this.#context.dialing.timeoutMs,
      () => this.bytes.toTarget,
      (error) => this.#handler.onChannelFailed(this, error),
    );
  }

  async #negotiate(negotiation: () => Promise<void>): Promise<void> {
    this.#negotiation = undefined;
    try {
      await negotiation();
      if (this.#handler.mayPass()) this.#startRelay();
    } catch (error) {
      this.#handler.onFailed(error);
    }
  }

  /**
   * Asks the client for a sign of life, and gives up when two pings went unanswered.
   *
   * @param isFull - whether all clients are asked. If not, only those that are not read are: nothing else shows that
   *   such a client is gone.
   */
  heartbeat(isFull: boolean): void {
    const { connection } = this;
    if (!connection.isOpen || (!isFull && !connection.isPausedFor(PauseReason.targetBehind))) return;
    // A client that is behind gets the ping late, and one that is paused cannot answer.
    if (this.#unanswered > 1 && !connection.isPaused && connection.unsentBytes === 0) return connection.terminate();
    if (connection.ping() && !connection.isPaused) this.#unanswered += 1;
  }

  /** From here on no byte passes in either direction. */
  stop(): void {
    this.control.stop();
    this.#preview?.stop();
    this.#relay?.stop();
  }

  /**
   * Closes the connection to the target.
   *
   * @param flushMs - how long what the client sent last may take to reach it; 0 closes it at once.
   */
  closeTarget(flushMs: number): void {
    this.#target?.close(flushMs);
    if (flushMs > 0) this.#relay?.drainTarget();
  }

  /** After the client has left this channel: ends it, while its session goes on. `flushMs` as in {@link closeTarget}. */
  leave(flushMs: number): void {
    this.stop();
    this.closeTarget(flushMs);
  }

  /** Ends this channel, while its session goes on; the rest as in {@link closeClient}. */
  end(end: PublicEnd, leftMs: number): void {
    this.leave(0);
    this.closeClient(end, leftMs);
  }

  /**
   * Tells the client why the session ended and closes its connection; does nothing when that closes already.
   *
   * @param leftMs - how long something may still pass: the time to the deadline.
   */
  closeClient(end: PublicEnd, leftMs: number): void {
    this.control.bye(end);
    const { code, graceMs } = closeFrame(end.reason, this.control.enabled, leftMs);
    this.connection.close(code, end.reason, graceMs);
  }

  #startRelay(): void {
    if (this.#target === undefined) return;
    this.#relay?.attach(this.#target, () => this.#handler.onTargetEnd(this));
    this.connection.resume(PauseReason.noTarget);
  }

  onBytes(run: Buffer): void {
    this.#unanswered = 0;
    // However late the event loop is: what comes after the deadline does not reach the target.
    if (!this.#handler.mayPass()) return;
    if (this.#userInput?.take(run) === true) this.#handler.onUserInput();
    if (this.#relay !== undefined) this.#relay.forwardToTarget(run);
    else this.#preview?.take(run);
  }

  onText(message: string): void {
    this.#unanswered = 0;
    if (!this.#handler.mayPass()) return;
    this.control.receive(message);
    // What asks for an answer waits for `hello`; until then no more is read.
    if (this.control.isWaiting) this.connection.pause(PauseReason.beforeHello);
  }

  onTextTooLong(): void {
    this.control.receiveTooLong();
  }

  onPong(): void {
    this.#unanswered = 0;
  }

  onClose(code: number): void {
    this.#handler.onClientLeft(this, code);
  }

  onProtocolError({ message }: FrameError): void {
    this.#handler.onProtocolError(message);
  }

  onFailed(error: unknown): void {
    this.#handler.onFailed(error);
  }

  onSocketClosed(): void {
    this.#handler.onSocketClosed();
  }

  get timeLeft(): TimeLeft {
    return this.#handler.timeLeft;
  }

  get idleTimeoutMs(): number | null {
    return this.#context.idleTimeoutMs;
  }

  onUserInput(): void {
    this.#handler.onUserInput();
  }

  mayRenew(): boolean {
    return this.#handler.mayRenew();
  }

  async renew(token: string): Promise<TimeLeft> {
    return await this.#handler.renew(token);
  }

  onTakeoverAnswer(id: number, allow: boolean): void {
    this.#handler.onTakeoverAnswer(id, allow);
  }

  pauseTarget(): void {
    this.#relay?.pauseTarget(TargetPauseReason.clientRequest);
  }

  resumeTarget(): void {
    this.#relay?.resumeTarget(TargetPauseReason.clientRequest);
  }

  onInvalidMessage(detail: string): void {
    this.#handler.onProtocolError(detail);
  }
}
