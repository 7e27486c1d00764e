import type { Socket } from "node:net";
import type { Fault } from "../faults/fault.ts";
import { FakeServer, type FakeServerOptions } from "../net/server.ts";
import { SPICE_PHASES, SpiceConnection, type SpiceEvents, type SpiceMachine, type SpicePhase } from "./connection.ts";

/** Options of {@link startFakeSpice}. */
export interface FakeSpiceOptions extends FakeServerOptions<SpicePhase> {
  /** The number of the first session; each later one has the next. @defaultValue 1000 */
  readonly firstSession?: number;
}

/**
 * The channels of a SPICE server, on TCP, without a machine behind them: the handshake of each, the session's number on
 * the main channel, and a record of what clients send. As with QEMU, a new main channel begins a new session.
 */
export class FakeSpiceServer extends FakeServer<SpicePhase, SpiceConnection, SpiceEvents> {
  readonly #machine: SpiceMachine;

  private constructor(options: FakeSpiceOptions) {
    super(options, SPICE_PHASES);
    const { firstSession = 1000 } = options;
    let current: number | undefined;
    this.#machine = {
      recorder: this.recorder,
      begin: () => (current = current === undefined ? firstSession : current + 1),
      current: () => current,
    };
  }

  /** @internal Use {@link startFakeSpice}. */
  static start(options: FakeSpiceOptions): Promise<FakeSpiceServer> {
    return new FakeSpiceServer(options).start();
  }

  /** @internal */
  protected override connect(socket: Socket, number: number, faults: readonly Fault<SpicePhase>[]): SpiceConnection {
    return new SpiceConnection(socket, number, faults, this.#machine);
  }
}

/**
 * Starts a fake SPICE server.
 * @throws RangeError for an option outside its range; or the error of `listen`, such as EADDRINUSE
 */
export function startFakeSpice(options: FakeSpiceOptions = {}): Promise<FakeSpiceServer> {
  return FakeSpiceServer.start(options);
}
