import { startFakeSerial, startFakeVnc } from "@curfew/testing";
import { findGuestKernel, findProgram, startLinuxSerialGuest, startQemuVnc, startTigerVnc } from "@curfew/testing/real";
import { existsSync } from "node:fs";
import type { MachineCard } from "../../api-types.ts";

/** A machine whose console is running. */
export interface Machine extends MachineCard, AsyncDisposable {
  /** The console's endpoint, `host:port`. */
  readonly target: string;
}

interface Server extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

type Recipe = Omit<MachineCard, "state"> & {
  readonly available: () => boolean;
  readonly start: () => Promise<Server>;
};

const RECIPES: readonly Recipe[] = [
  {
    id: "test-pattern",
    name: "Test pattern",
    type: "vnc",
    about: "A fake VNC server with a moving test pattern",
    login: "",
    real: false,
    preview: true,
    available: () => true,
    start: () => startFakeVnc({ name: "Test pattern", size: { width: 800, height: 600 }, fps: 10 }),
  },
  {
    id: "small-shell",
    name: "Small shell",
    type: "serial",
    about: "A fake guest with a small shell",
    login: "guest, password guest",
    real: false,
    preview: true,
    available: () => true,
    start: () => startFakeSerial({ hostname: "small-shell" }),
  },
  {
    id: "locked-desktop",
    name: "Locked desktop",
    type: "vnc",
    about: "A fake VNC server behind a password",
    login: "password secret",
    real: false,
    preview: true,
    password: "secret",
    available: () => true,
    start: () =>
      startFakeVnc({ name: "Locked desktop", size: { width: 640, height: 480 }, fps: 4, password: "secret" }),
  },
  {
    id: "tigervnc",
    name: "TigerVNC desktop",
    type: "vnc",
    about: "A real X desktop with a terminal",
    login: "",
    real: true,
    preview: true,
    available: () => has("Xtigervnc", "xterm"),
    // Without a window manager the screen is only as large as its terminal.
    start: () =>
      startTigerVnc(
        findProgram("icewm") === undefined
          ? { width: 760, height: 456 }
          : { width: 1024, height: 640, windowManager: true },
      ),
  },
  {
    id: "qemu-screen",
    name: "QEMU screen",
    type: "vnc",
    about: "The screen of a real virtual machine",
    login: "",
    real: true,
    preview: true,
    available: () => has("qemu-system-x86_64") && hasGuestKernel(),
    start: () => startQemuVnc(),
  },
  {
    id: "linux-serial",
    name: "Linux serial port",
    type: "serial",
    about: "A real Linux guest",
    login: "root, password curfew",
    real: true,
    // QEMU's serial port accepts one client at a time.
    preview: false,
    available: () => has("qemu-system-x86_64", "busybox") && hasGuestKernel(),
    start: () => startLinuxSerialGuest({ hostname: "linux" }),
  },
];

/** The machines: fake ones, and real ones if their programs are installed. */
export class Machines implements AsyncDisposable {
  readonly #chosen = RECIPES.filter((recipe) => recipe.available());
  readonly #machines: Machine[] = [];
  readonly #failed = new Set<string>();
  readonly #pending = new Set<Promise<void>>();
  readonly #onChange: () => void;
  readonly #onProblem: (name: string, error: unknown) => void;
  #stopped = false;

  /**
   * @param onChange - called when a machine is ready or has failed to start
   * @param onProblem - called when a machine has failed to start
   */
  constructor(onChange: () => void, onProblem: (name: string, error: unknown) => void) {
    this.#onChange = onChange;
    this.#onProblem = onProblem;
  }

  /** Starts the fake machines; real ones continue to start in the background. */
  async start(): Promise<void> {
    await Promise.all(this.#chosen.filter(({ real }) => !real).map((recipe) => this.#add(recipe)));
    for (const recipe of this.#chosen.filter(({ real }) => real)) {
      this.#add(recipe).catch((error: unknown) => {
        this.#failed.add(recipe.id);
        this.#onChange();
        this.#onProblem(recipe.name, error);
      });
    }
  }

  /** All machines for the page, including those that are still starting. */
  cards(): readonly MachineCard[] {
    return this.#chosen.map(({ available: _available, start: _start, ...recipe }) => ({
      ...recipe,
      state: this.get(recipe.id)?.state ?? (this.#failed.has(recipe.id) ? "failed" : "starting"),
    }));
  }

  /** The running machines. */
  list(): readonly Machine[] {
    return this.#machines;
  }

  get(id: string): Machine | undefined {
    return this.#machines.find((machine) => machine.id === id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled(this.#pending);
    await Promise.all(this.#machines.splice(0).map((machine) => machine[Symbol.asyncDispose]()));
  }

  async #add(recipe: Recipe): Promise<void> {
    const started = this.#start(recipe);
    this.#pending.add(started);
    await started.finally(() => this.#pending.delete(started));
  }

  async #start({ available: _available, start, ...recipe }: Recipe): Promise<void> {
    const server = await start();
    const stop = (): PromiseLike<void> => server[Symbol.asyncDispose]();
    // Disposed while this machine was starting.
    if (this.#stopped) return await stop();
    const target = `${server.host}:${server.port}`;
    this.#machines.push({ ...recipe, state: "ready", target, [Symbol.asyncDispose]: stop });
    this.#onChange();
  }
}

function hasGuestKernel(): boolean {
  return existsSync(findGuestKernel() ?? "");
}

function has(...programs: Parameters<typeof findProgram>[0][]): boolean {
  return programs.every((program) => findProgram(program) !== undefined);
}
