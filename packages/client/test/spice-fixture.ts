import type { SpiceOptions } from "../src/views/spice/options.ts";
import { SpiceConsole } from "../src/views/spice/spice-console.ts";
import { FakeSpice, type FakeSpiceOptions } from "./fake-spice.ts";
import { type ViewFixture, viewFixture } from "./view-fixture.ts";

/** A console, and the machine that it is connected to. */
export interface ConnectedSpice {
  readonly spice: SpiceConsole;
  readonly machine: FakeSpice;
}

/** What {@link spiceFixture} gives to a file of tests. */
export interface SpiceFixture extends ViewFixture<SpiceOptions, SpiceConsole> {
  /** Accepts every socket from now on, as a gateway with the machine behind it does. */
  readonly serve: (options?: FakeSpiceOptions, protocol?: string) => FakeSpice;
  readonly connected: (options?: Partial<SpiceOptions>, machine?: FakeSpiceOptions) => Promise<ConnectedSpice>;
}

/** A {@link viewFixture} for SPICE consoles. */
export function spiceFixture(): SpiceFixture {
  const view = viewFixture(
    { width: 320, height: 160 },
    (target, options: SpiceOptions) => new SpiceConsole(target, { pingIntervalMs: 0, ...options }),
  );
  const serve = (options: FakeSpiceOptions = {}, protocol = "curfew.v1"): FakeSpice => {
    const machine = new FakeSpice(options);
    view.gateway.onsocket = (socket) => {
      machine.serve(socket);
      queueMicrotask(() => {
        socket.accept(protocol);
        if (protocol === "curfew.v1") socket.session.hello(120_000);
      });
    };
    return machine;
  };
  const connected: SpiceFixture["connected"] = async (options = {}, fake = {}) => {
    const machine = serve(fake);
    const spice = view.create(options);
    await spice.connect();
    return { spice, machine };
  };
  return { ...view, serve, connected };
}
