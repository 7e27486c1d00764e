import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import type { SyslogFormat, SyslogMessage, SyslogSender, SyslogSource } from "./message.ts";

type Program = ChildProcessByStdio<Writable, null, Readable>;

/** The largest message, in bytes. */
const MAX_MESSAGE = 8192;

/** How much of what the program complains about is kept, in characters. */
const MAX_COMPLAINT = 256;

/**
 * Sends messages to a Unix socket with the program `logger` of util-linux, because those of syslog take datagrams, which
 * Node cannot send. It reads a message from each line, and connects again when the server was restarted.
 */
export class LoggerProgram implements SyslogSender {
  readonly #socket: string;
  readonly #args: readonly string[];
  readonly #ended: (error: Error) => void;
  #program: Program | undefined;

  /** @param ended - told when the program has ended, perhaps with messages that it had been given. */
  constructor(socket: string, format: SyslogFormat, { name, pid }: SyslogSource, ended: (error: Error) => void) {
    this.#socket = socket;
    this.#ended = ended;
    const formatted = format === "rfc5424" ? ["--rfc5424"] : [];
    const limits = [`--size=${MAX_MESSAGE}`, "--socket-errors=on"];
    this.#args = [`--socket=${socket}`, `--tag=${name}`, `--id=${pid}`, "--prio-prefix", ...limits, ...formatted];
  }

  async send({ priority, text }: SyslogMessage): Promise<void> {
    const { stdin } = (this.#program ??= await this.#start());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    stdin.write(`<${priority}>${text}\n`, (error) => (error ? reject(error) : resolve()));
    await promise;
  }

  async #start(): Promise<Program> {
    // It would end at once.
    if (!(await stat(this.#socket)).isSocket()) throw new Error(`${this.#socket} is no socket`);
    // In a process group of its own: Ctrl-C must not end it before the last line.
    const program = spawn("logger", this.#args, { stdio: ["pipe", "ignore", "pipe"], detached: true });
    let complaint = "";
    program.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(0, MAX_COMPLAINT);
    });
    program.stdin.on("error", ignore);
    try {
      await once(program, "spawn");
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new Error(`the program logger of util-linux cannot be started: ${code}`, { cause });
    }
    program.once("close", (status) => {
      this.#program = undefined;
      this.#ended(new Error(complaint.trim() || `logger ended with status ${status}`));
    });
    program.unref();
    for (const pipe of [program.stdin, program.stderr]) (pipe as unknown as { unref(): void }).unref();
    return program;
  }
}

function ignore(): void {}
