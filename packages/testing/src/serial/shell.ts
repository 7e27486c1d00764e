/** What a command writes: pieces of text, made only as fast as they are sent. */
export type CommandOutput = Iterable<string>;

/** What a command can know of the guest. */
export interface Guest {
  readonly hostname: string;
  readonly user: string;
}

/** Ends the session instead of writing anything. */
export const LOGOUT: unique symbol = Symbol("logout");

/** The most that `yes` and `flood` write. */
const MAX_FLOOD = 2 ** 30;
/** Lines that are sent in one piece. */
const LINES_PER_PIECE = 512;

type Command = (args: readonly string[], guest: Guest) => CommandOutput | typeof LOGOUT;

const COMMANDS: Readonly<Record<string, { readonly usage: string; readonly run: Command }>> = {
  echo: { usage: "echo TEXT...    writes the text", run: (args) => [`${args.join(" ")}\r\n`] },
  help: { usage: "help            this list", run: () => help() },
  hostname: { usage: "hostname        the name of this guest", run: (_, guest) => [`${guest.hostname}\r\n`] },
  whoami: { usage: "whoami          the user's name", run: (_, guest) => [`${guest.user}\r\n`] },
  seq: {
    usage: "seq N           the numbers from 1 to N",
    run: ([last]) => counted("seq", last, (count) => pieces(count, (i) => `${i + 1}\r\n`)),
  },
  yes: {
    usage: "yes [N] [TEXT]  the text (y) in N lines, by default until Ctrl-C",
    run: ([count, ...text]) =>
      counted("yes", count ?? String(MAX_FLOOD), (lines) => pieces(lines, () => `${text.join(" ") || "y"}\r\n`)),
  },
  flood: {
    usage: "flood N         N bytes in numbered lines of 16",
    run: ([bytes]) => counted("flood", bytes, flood),
  },
  exit: { usage: "exit            logs out", run: () => LOGOUT },
  logout: { usage: "logout          the same", run: () => LOGOUT },
};

/** Runs a line of the small shell: words divided by spaces, no quoting. */
export function runCommand(line: string, guest: Guest): CommandOutput | typeof LOGOUT {
  const [name, ...args] = line.split(" ").filter((word) => word !== "");
  if (name === undefined) return [];
  if (!Object.hasOwn(COMMANDS, name)) return [`${name}: command not found\r\n`];
  return COMMANDS[name]!.run(args, guest);
}

/** Exactly `bytes` bytes: lines of 14 digits that count up, the last one cut. */
function* flood(bytes: number): Generator<string> {
  const lines = Math.ceil(bytes / 16);
  let left = bytes;
  for (const piece of pieces(lines, (i) => `${String(i).padStart(14, "0")}\r\n`)) {
    yield piece.slice(0, left);
    left -= piece.length;
  }
}

function help(): CommandOutput {
  return Object.values(COMMANDS).map(({ usage }) => `${usage}\r\n`);
}

function counted(name: string, text: string | undefined, output: (count: number) => CommandOutput): CommandOutput {
  if (text === undefined || !/^\d+$/.test(text) || Number(text) > MAX_FLOOD) {
    return [`${name}: ${text ?? "nothing"}: expected a number from 0 to ${MAX_FLOOD}\r\n`];
  }
  return output(Number(text));
}

function* pieces(count: number, line: (i: number) => string): Generator<string> {
  for (let first = 0; first < count; first += LINES_PER_PIECE) {
    const length = Math.min(LINES_PER_PIECE, count - first);
    yield Array.from({ length }, (_, i) => line(first + i)).join("");
  }
}
