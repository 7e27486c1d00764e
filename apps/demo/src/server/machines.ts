import { type ConsoleType } from "@curfew/proxy";
import { startFakeSerial, startFakeVnc } from "@curfew/testing";
import { findGuestKernel, findProgram, startLinuxSerialGuest, startQemuVnc, startTigerVnc } from "@curfew/testing/real";
import { existsSync } from "node:fs";

/** A machine of the dashboard, with a console that is running. */
export interface Machine extends AsyncDisposable {
  readonly id: string;
  readonly name: string;
  readonly type: ConsoleType;
  /** One line for people: what it is, and how to log in. */
  readonly about: string;
  /** Whether a real server stands behind it. */
  readonly real: boolean;
  /** The console's end point, `host:port`. */
  readonly target: string;
}

interface Server extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

type Recipe = Omit<Machine, "target" | typeof Symbol.asyncDispose> & {
  readonly available: () => boolean;
  readonly start: () => Promise<Server>;
};

const recipes: readonly Recipe[] = [
  {
    id: "test-picture",
    name: "Test picture",
    type: "vnc",
    about: "A fake VNC server with a moving picture",
    real: false,
    available: () => true,
    start: () => startFakeVnc({ name: "Test picture", size: { width: 800, height: 600 }, fps: 10 }),
  },
  {
    id: "small-shell",
    name: "Small shell",
    type: "serial",
    about: "A fake serial guest; log in as guest, password guest",
    real: false,
    available: () => true,
    start: () => startFakeSerial({ hostname: "small-shell" }),
  },
  {
    id: "locked-desktop",
    name: "Locked desktop",
    type: "vnc",
    about: "A fake VNC server that asks for the password secret",
    real: false,
    available: () => true,
    start: () =>
      startFakeVnc({ name: "Locked desktop", size: { width: 640, height: 480 }, fps: 4, password: "secret" }),
  },
  {
    id: "tigervnc",
    name: "TigerVNC desktop",
    type: "vnc",
    about: "A real X desktop with a terminal",
    real: true,
    available: () => has("Xtigervnc", "xterm"),
    start: () => startTigerVnc({ width: 1024, height: 768 }),
  },
  {
    id: "qemu-screen",
    name: "QEMU screen",
    type: "vnc",
    about: "The screen of a real virtual machine",
    real: true,
    available: () => has("qemu-system-x86_64"),
    start: () => startQemuVnc(),
  },
  {
    id: "linux-serial",
    name: "Linux serial port",
    type: "serial",
    about: "A real Linux guest; log in as root, password curfew",
    real: true,
    available: () => has("qemu-system-x86_64", "busybox") && existsSync(findGuestKernel() ?? ""),
    start: () => startLinuxSerialGuest({ hostname: "linux" }),
  },
];

/** The machines of this computer: fake ones always, real ones where their programs are installed. */
export class Machines implements AsyncDisposable {
  readonly #machines: Machine[] = [];
  readonly #pending = new Set<Promise<void>>();
  #stopped = false;

  /** Starts the fake machines and returns; real ones join as they come up. */
  static async start(onProblem: (name: string, error: unknown) => void): Promise<Machines> {
    const machines = new Machines();
    const chosen = recipes.filter((recipe) => recipe.available());
    await Promise.all(chosen.filter(({ real }) => !real).map((recipe) => machines.#add(recipe)));
    for (const recipe of chosen.filter(({ real }) => real)) {
      machines.#add(recipe).catch((error: unknown) => onProblem(recipe.name, error));
    }
    return machines;
  }

  /** In the order of the recipes. */
  list(): readonly Machine[] {
    return recipes.flatMap(({ id }) => this.#machines.filter((machine) => machine.id === id));
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

  async #start({ id, name, type, about, real, start }: Recipe): Promise<void> {
    const server = await start();
    const stop = (): PromiseLike<void> => server[Symbol.asyncDispose]();
    // Asked to stop while it was still starting.
    if (this.#stopped) return await stop();
    const target = `${server.host}:${server.port}`;
    this.#machines.push({ id, name, type, about, real, target, [Symbol.asyncDispose]: stop });
  }
}

function has(...programs: Parameters<typeof findProgram>[0][]): boolean {
  return programs.every((program) => findProgram(program) !== undefined);
}
