import type { Socket } from "node:net";
import type { Fault } from "../faults/fault.ts";
import { FakeServer, type FakeServerOptions } from "../net/server.ts";
import { SERIAL_PHASES, SerialConnection, type SerialEvents, type SerialPhase } from "./connection.ts";

/** Options of {@link startFakeSerial}. */
export interface FakeSerialOptions extends FakeServerOptions<SerialPhase> {
  /** Who may log in. @defaultValue `"guest"` */
  readonly user?: string;
  /** @defaultValue `"guest"` */
  readonly password?: string;
  /** Name in the prompts. @defaultValue `"fake"` */
  readonly hostname?: string;
  /** Sent when a client connects; lines end with CR LF. @defaultValue two lines that name the guest */
  readonly banner?: string;
}

/** A guest with a login prompt and a small shell on its serial port, on TCP. */
export class FakeSerialServer extends FakeServer<SerialPhase, SerialConnection, SerialEvents> {
  readonly #options: FakeSerialOptions;

  private constructor(options: FakeSerialOptions) {
    super(options, SERIAL_PHASES);
    this.#options = options;
  }

  /** @internal Use {@link startFakeSerial}. */
  static start(options: FakeSerialOptions): Promise<FakeSerialServer> {
    return new FakeSerialServer(options).start();
  }

  /** @internal */
  protected override connect(socket: Socket, number: number, faults: readonly Fault<SerialPhase>[]): SerialConnection {
    const { user = "guest", password = "guest", hostname = "fake" } = this.#options;
    const banner = this.#options.banner ?? `\r\nCurfew fake guest ${hostname} ttyS0\r\n\r\n`;
    return new SerialConnection(socket, number, faults, { recorder: this.recorder, user, password, hostname, banner });
  }
}

/**
 * Starts a fake serial guest.
 * @throws RangeError for an option outside its range; or the error of `listen`, such as EADDRINUSE
 */
export function startFakeSerial(options: FakeSerialOptions = {}): Promise<FakeSerialServer> {
  return FakeSerialServer.start(options);
}
