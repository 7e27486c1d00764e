import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import type { Fault } from "../faults/fault.ts";
import { FakeServer, type FakeServerOptions } from "../net/server.ts";
import { parseRecording, type RecordedPiece } from "./format.ts";
import { handshakeLength } from "./handshake-length.ts";
import { PlayerConnection, type PlayerEvents } from "./player-connection.ts";

/** Options of {@link startVncPlayer}. */
export interface VncPlayerOptions extends FakeServerOptions<never> {
  /** How many times as fast as it was recorded; Infinity leaves all pauses out. @defaultValue 1 */
  readonly speed?: number;
}

/** A VNC server that plays a recording to each client, byte by byte the same. */
export class VncPlayer extends FakeServer<never, PlayerConnection, PlayerEvents> {
  readonly #pieces: readonly RecordedPiece[];
  readonly #handshakeLength: number;
  readonly #speed: number;

  private constructor(pieces: readonly RecordedPiece[], file: string, options: VncPlayerOptions) {
    super(options, []);
    const { speed = 1 } = options;
    if (!(speed > 0)) throw new RangeError(`speed is ${speed}; expected a number above 0`);
    this.#pieces = pieces;
    this.#handshakeLength = handshakeLength(pieces, file);
    this.#speed = speed;
  }

  /** @internal Use {@link startVncPlayer}. */
  static async start(file: string, options: VncPlayerOptions): Promise<VncPlayer> {
    return new VncPlayer(parseRecording(await readFile(file, "latin1"), file), file, options).start();
  }

  /** @internal */
  protected override connect(socket: Socket, number: number, faults: readonly Fault[]): PlayerConnection {
    return new PlayerConnection(socket, number, faults, {
      recorder: this.recorder,
      pieces: this.#pieces,
      handshakeLength: this.#handshakeLength,
      speed: this.#speed,
    });
  }
}

/**
 * Starts a VNC server that plays a recording of {@link recordRfb}, or of `websockify --record`. The client must take
 * the pixel format and the encodings that the recorded one asked for, as another instance of the same client does. Any
 * password opens it. After the end of the recording its last picture stays.
 * @throws Error for a file that is no such recording; RangeError for an option outside its range
 */
export function startVncPlayer(file: string, options: VncPlayerOptions = {}): Promise<VncPlayer> {
  return VncPlayer.start(file, options);
}
