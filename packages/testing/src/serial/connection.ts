import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Fault } from "../faults/fault.ts";
import { FakeConnection } from "../net/connection.ts";
import { ConnectionEnded } from "../net/reader.ts";
import type { RecordedEvent, EventLog, WaitOptions } from "../net/event-log.ts";
import type { ConnectionEvents } from "../net/server.ts";
import { LineDiscipline } from "./line-discipline.ts";
import { LOGOUT, runCommand } from "./shell.ts";

/**
 * Phases of a serial console. A fault at a phase strikes before the server sends the banner, the `login:` prompt,
 * the `Password:` prompt, or the shell's first prompt.
 */
export type SerialPhase = "banner" | "login" | "password" | "shell";

/** All phases, in order. */
export const SERIAL_PHASES: readonly SerialPhase[] = ["banner", "login", "password", "shell"];

/** What a fake serial guest records. */
export interface SerialEvents extends ConnectionEvents {
  /** Bytes from the client, as they came. */
  readonly input: RecordedEvent & { readonly bytes: Buffer };
  /** Someone tried to log in. */
  readonly login: RecordedEvent & { readonly user: string; readonly ok: boolean };
  /** A line was entered at the shell. */
  readonly command: RecordedEvent & { readonly line: string };
  /** Ctrl-C. */
  readonly interrupt: RecordedEvent;
  /** The user left the shell. */
  readonly logout: RecordedEvent;
}

/** What a connection needs to know of its guest. */
export interface SerialGuest {
  readonly recorder: EventLog<SerialEvents>;
  readonly user: string;
  readonly password: string;
  readonly hostname: string;
  readonly banner: string;
}

/** What the line discipline hands to the shell. */
type Entry = string | typeof INTERRUPT | typeof END_OF_FILE;
const INTERRUPT = Symbol("interrupt");
const END_OF_FILE = Symbol("end of file");

/** One client of a fake serial guest. Each has a terminal of its own. */
export class SerialConnection extends FakeConnection<SerialPhase> {
  readonly #guest: SerialGuest;
  readonly #entries: Entry[] = [];
  readonly #input: Buffer[] = [];
  readonly #terminal: LineDiscipline;
  #wake: (() => void) | undefined;
  #interrupted = false;

  /** @internal Made by the server. */
  constructor(socket: Socket, number: number, faults: readonly Fault<SerialPhase>[], guest: SerialGuest) {
    super(socket, number, faults);
    this.#guest = guest;
    const enter = (entry: Entry): void => {
      this.#entries.push(entry);
      this.#wake?.();
    };
    this.#terminal = new LineDiscipline({
      echo: (bytes) => void this.output.write(bytes).catch(() => {}),
      line: enter,
      interrupt: () => {
        this.#interrupted = true;
        this.#guest.recorder.record("interrupt", { connection: this.number });
        enter(INTERRUPT);
      },
      endOfFile: () => enter(END_OF_FILE),
    });
    void this.closed.then(() => this.#wake?.());
  }

  /** All bytes that this client sent so far. */
  get input(): Buffer {
    return Buffer.concat(this.#input);
  }

  /** The first event of this connection, past or future, that satisfies the predicate; as the server's `waitFor`. */
  waitFor<Type extends keyof SerialEvents>(
    type: Type,
    predicate: (event: SerialEvents[Type]) => boolean = () => true,
    options?: WaitOptions,
  ): Promise<SerialEvents[Type]> {
    const mine = (event: SerialEvents[Type]): boolean => event.connection === this.number && predicate(event);
    return this.#guest.recorder.waitFor(type, mine, options);
  }

  /** Writes text to this terminal, as a kernel message would appear. */
  print(text: string): void {
    void this.output.write(Buffer.from(text)).catch(() => {});
  }

  /** @internal */
  protected override async serve(): Promise<void> {
    await Promise.all([this.#readInput(), this.#converse()]);
  }

  /** @internal */
  protected override problem(message: string): void {
    this.#guest.recorder.record("problem", { connection: this.number, message });
  }

  /** @internal */
  protected override flood(): Uint8Array {
    return Buffer.from("y\r\n".repeat(16_384));
  }

  async #readInput(): Promise<void> {
    for (;;) {
      const bytes = await this.reader.readSome();
      this.#input.push(bytes);
      this.#guest.recorder.record("input", { connection: this.number, bytes });
      this.#terminal.input(bytes);
    }
  }

  async #converse(): Promise<void> {
    await this.output.enter("banner");
    await this.#say(this.#guest.banner);
    for (;;) {
      if (await this.#logIn()) await this.#shell();
    }
  }

  async #logIn(): Promise<boolean> {
    await this.output.enter("login");
    await this.#say(`${this.#guest.hostname} login: `);
    const user = await this.#entry();
    if (typeof user !== "string" || user === "") return false;
    await this.output.enter("password");
    this.#terminal.echoing = false;
    await this.#say("Password: ");
    const password = await this.#entry();
    this.#terminal.echoing = true;
    if (typeof password !== "string") return false;
    const ok = user === this.#guest.user && password === this.#guest.password;
    this.#guest.recorder.record("login", { connection: this.number, user, ok });
    if (!ok) await this.#say("\r\nLogin incorrect\r\n");
    return ok;
  }

  async #shell(): Promise<void> {
    const { user, hostname } = this.#guest;
    await this.output.enter("shell");
    for (;;) {
      await this.#say(`${user}@${hostname}:~$ `);
      const line = await this.#entry();
      if (line === INTERRUPT) continue;
      if (line !== END_OF_FILE) this.#guest.recorder.record("command", { connection: this.number, line });
      const output = line === END_OF_FILE ? LOGOUT : runCommand(line, { user, hostname });
      if (output === LOGOUT) {
        this.#guest.recorder.record("logout", { connection: this.number });
        await this.#say("logout\r\n\r\n");
        return;
      }
      await this.#print(output);
    }
  }

  /** Writes a command's output as fast as the client takes it, until Ctrl-C. */
  async #print(output: Iterable<string>): Promise<void> {
    this.#interrupted = false;
    for (const piece of output) {
      await this.#say(piece);
      // Lets a Ctrl-C in, even when the client takes everything at once.
      await nextTurn();
      if (this.#interrupted) {
        this.#entries.splice(0, this.#entries.indexOf(INTERRUPT) + 1);
        return;
      }
    }
  }

  async #say(text: string): Promise<void> {
    await this.output.write(Buffer.from(text));
  }

  /** The next line, Ctrl-C or Ctrl-D. What is typed while a command runs waits for it. */
  async #entry(): Promise<Entry> {
    for (;;) {
      const entry = this.#entries.shift();
      if (entry !== undefined) return entry;
      if (!this.open) throw new ConnectionEnded();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
