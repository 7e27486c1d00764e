import type { Socket } from "node:net";
import type { Fault } from "../faults/fault.ts";
import { FakeServer, type FakeServerOptions } from "../net/server.ts";
import { VncConnection, type VncEvents } from "./connection.ts";
import { RFB_VERSIONS, type RfbVersion, VNC_PHASES, type VncPhase } from "./handshake.ts";
import {
  checkPatternNumber,
  checkSize,
  DEFAULT_SIZE,
  LAST_PATTERN,
  MAX_SIDE,
  type Size,
  testPattern,
} from "./test-pattern.ts";
import { ServerKey } from "./server-key.ts";
import { type Shown, VNC_ENCODINGS, type VncEncoding } from "./update-encoder.ts";

/** Security types that take a password. */
export type VncSecurity = "vnc" | "ra2ne";

/** All of them. */
export const VNC_SECURITIES: readonly VncSecurity[] = ["vnc", "ra2ne"];

/** Options of {@link startFakeVnc}. */
export interface FakeVncOptions extends FakeServerOptions<VncPhase> {
  /** Asks for this password; of one for VNC authentication, DES uses eight characters. @defaultValue no authentication */
  readonly password?: string;
  /**
   * How the password is asked for: VNC authentication (RFC 6143, section 7.2.2), or RA2ne (RSA and AES), in which the
   * server shows a key before; see {@link FakeVncServer.fingerprint}. @defaultValue `"vnc"`
   */
  readonly security?: VncSecurity;
  /** With RA2ne, asks for this user's name, too. @defaultValue asks for none */
  readonly username?: string;
  /** The highest RFB version to offer. @defaultValue `"3.8"` */
  readonly version?: RfbVersion;
  /** The desktop's name. @defaultValue `"Curfew fake VNC"` */
  readonly name?: string;
  /** Size of the desktop in pixels. @defaultValue 320 by 240 */
  readonly size?: Size;
  /**
   * Test patterns per second of a screen that moves while a client is connected; 0 stands still, and changes only by
   * `showPattern`.
   * @defaultValue 0
   */
  readonly fps?: number;
  /** Encoding to use if the client takes it (Raw if not). @defaultValue the client's first choice, with CopyRect */
  readonly encoding?: VncEncoding;
  /** Whether a client may change the desktop's size with SetDesktopSize. @defaultValue true */
  readonly resizable?: boolean;
}

/** A VNC server that shows test patterns and records what its clients do. */
export class FakeVncServer extends FakeServer<VncPhase, VncConnection, VncEvents> {
  readonly #options: FakeVncOptions;
  #key: ServerKey | undefined;
  #shown: Shown;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: FakeVncOptions) {
    super(options, VNC_PHASES);
    this.#options = options;
    this.#shown = { pattern: 0, framebuffer: testPattern(0, options.size ?? DEFAULT_SIZE) };
    expectOneOf("version", options.version, RFB_VERSIONS);
    expectOneOf("security", options.security, VNC_SECURITIES);
    expectAccount(options);
    expectOneOf("encoding", options.encoding, VNC_ENCODINGS);
    const fps = options.fps ?? 0;
    if (!(fps >= 0 && fps <= 1000)) throw new RangeError(`fps is ${fps}; expected a number from 0 to 1000`);
    if (fps > 0) this.#timer = setInterval(() => this.#move(), 1000 / fps);
  }

  /** @internal Use {@link startFakeVnc}. */
  static start(options: FakeVncOptions): Promise<FakeVncServer> {
    return new FakeVncServer(options).start();
  }

  /**
   * The first 8 bytes of the SHA-1 of the key that the server shows with RA2ne, as VNC viewers show it to people:
   * `"d6-20-…"`. Another one for each server, and undefined without RA2ne.
   */
  get fingerprint(): string | undefined {
    return this.#key?.fingerprint;
  }

  /** Number of the test pattern that is shown. */
  get pattern(): number {
    return this.#shown.pattern;
  }

  /** The desktop's size in pixels. */
  get size(): Size {
    const { width, height } = this.#shown.framebuffer;
    return { width, height };
  }

  /**
   * Shows another test pattern to all clients.
   * @throws RangeError unless `n` is an integer from 0 to 999,999
   */
  showPattern(n: number): void {
    checkPatternNumber(n);
    this.#show(n, this.size);
  }

  /**
   * Changes the desktop's size; clients that do not know of resizing see a part, or black beyond the edge.
   * @throws RangeError unless both are from 1 to 8192
   */
  resize(width: number, height: number): void {
    this.#show(this.pattern, { width, height });
  }

  /** Rings the bell of every client. */
  bell(): void {
    for (const connection of this.connections) connection.bell();
  }

  /**
   * Puts text on every client's clipboard.
   * @throws RangeError for characters outside Latin-1
   */
  sendClipboard(text: string): void {
    for (const connection of this.connections) connection.sendClipboard(text);
  }

  override async close(): Promise<void> {
    clearInterval(this.#timer);
    await super.close();
  }

  /** @internal */
  protected override async start(): Promise<this> {
    if (this.#options.security === "ra2ne") this.#key = await ServerKey.generate();
    return await super.start();
  }

  /** @internal */
  protected override connect(socket: Socket, number: number, faults: readonly Fault<VncPhase>[]): VncConnection {
    const { password, username, version = "3.8", name = "Curfew fake VNC", encoding, resizable = true } = this.#options;
    return new VncConnection(socket, number, faults, {
      recorder: this.recorder,
      version,
      password,
      username,
      key: this.#key,
      name,
      encoding,
      shown: () => this.#shown,
      accepts: ({ width, height }) => resizable && isSide(width) && isSide(height),
      resize: ({ width, height }) => this.resize(width, height),
    });
  }

  #move(): void {
    if (this.openConnections > 0) this.showPattern((this.pattern + 1) % (LAST_PATTERN + 1));
  }

  #show(n: number, size: Size): void {
    checkSize(size);
    this.#shown = { pattern: n, framebuffer: testPattern(n, size) };
    for (const connection of this.connections) connection.refresh();
  }
}

/**
 * Starts a fake VNC server.
 * @throws RangeError for an option outside its range; or the error of `listen`, such as EADDRINUSE
 */
export function startFakeVnc(options: FakeVncOptions = {}): Promise<FakeVncServer> {
  return FakeVncServer.start(options);
}

function expectOneOf(name: string, value: string | undefined, known: readonly string[]): void {
  if (value === undefined || known.includes(value)) return;
  throw new RangeError(`${name} is ${JSON.stringify(value)}; expected one of ${known.join(", ")}`);
}

function expectAccount({ security, username, password }: FakeVncOptions): void {
  if (security === "ra2ne" && password === undefined) {
    throw new RangeError('security is "ra2ne", without a password; expected one');
  }
  if (security !== "ra2ne" && username !== undefined) {
    throw new RangeError(`username is ${JSON.stringify(username)}; expected none without security "ra2ne"`);
  }
}

function isSide(length: number): boolean {
  return length >= 1 && length <= MAX_SIDE;
}
