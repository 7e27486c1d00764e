import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** What the system gives the processes of a {@link Command}. */
interface CommandLimits {
  readonly descriptors?: number | undefined;
  readonly program?: string;
  /** Descriptors of sockets that are passed to it, as systemd does it. */
  readonly sockets?: readonly number[];
  /** A program, with its arguments, that runs it. */
  readonly launcher?: readonly string[];
}

/** The `curfew` command, run from source in an environment without any of its variables. */
export class Command implements AsyncDisposable {
  readonly process: ChildProcessWithoutNullStreams;
  readonly exited: Promise<number | null>;
  stdout = "";
  stderr = "";

  /**
   * @param descriptors - how many files each of its processes may have open. @defaultValue as many as this one
   * @param program - the command's file. @defaultValue the source
   * @param sockets - with their number and its process id in `LISTEN_FDS` and `LISTEN_PID`. @defaultValue none
   * @param launcher - runs it. @defaultValue none
   */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    { descriptors, program = MAIN, sockets = [], launcher = [] }: CommandLimits = {},
  ) {
    const { PATH = "", TMPDIR = "/tmp", NODE_COMPILE_CACHE = "" } = process.env;
    const command = [process.execPath, "--conditions=@curfew/source", program, ...args];
    const limited = descriptors === undefined ? [] : ["sh", "-c", `ulimit -n ${descriptors}; exec "$@"`, "sh"];
    const listening = `LISTEN_PID=$$ LISTEN_FDS=${sockets.length}; export LISTEN_PID LISTEN_FDS; exec "$@"`;
    const activated = sockets.length === 0 ? [] : ["sh", "-c", listening, "sh"];
    const [file = "", ...rest] = [...launcher, ...limited, ...activated, ...command];
    const child: ChildProcess = spawn(file, rest, {
      stdio: ["pipe", "pipe", "pipe", ...sockets],
      env: { PATH, TMPDIR, NODE_COMPILE_CACHE, HOME: "/nonexistent", NO_COLOR: "1", ...env },
    });
    this.process = child as ChildProcessWithoutNullStreams;
    this.process.stdout.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.process.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.exited = once(this.process, "close").then(([code]) => code as number | null);
  }

  /** What it has logged with this message; fails for a line that is no whole one. */
  logged(message: string): readonly Record<string, unknown>[] {
    const lines = this.stderr.split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === message);
  }

  /** The first match in what it has printed or will print. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match !== null) return match;
      const more = once(this.process.stdout, "data").then(() => true);
      const over = this.exited.then(() => false);
      if (!(await Promise.race([more, over])) && !pattern.test(this.stdout)) {
        throw new Error(`it ended without printing ${String(pattern)}: ${this.stdout}${this.stderr}`);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.exited;
  }
}

/** Runs the command to its end. */
export async function run(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  await using command = new Command(args, env);
  const code = await command.exited;
  return { code, stdout: command.stdout, stderr: command.stderr };
}
