import { Command, type ParseOptionsResult } from "commander";

/** Commander's own flag, which is not in the list of a command's options. */
const HELP = "--help";

/** What Python's `argparse` takes for a flag; numbers and what has a space it does not. */
const FLAG_LIKE = /^-(?!\d+$|\d*\.\d+$)\S+$/;

/**
 * A command that takes its flags as Nova's programs do (Python's `argparse`): long ones may be cut short, and none is the
 * value of another.
 */
export class AbbreviatingCommand extends Command {
  override parseOptions(args: string[]): ParseOptionsResult {
    const flags = [HELP, ...this.options.flatMap(({ long }) => long ?? [])];
    const end = args.indexOf("--");
    const completed = args.map((arg, index) => (end >= 0 && index >= end ? arg : this.#complete(arg, flags)));
    for (const [index, arg] of completed.entries()) this.#checkValue(arg, completed[index + 1]);
    return super.parseOptions(completed);
  }

  /** The flag that an argument begins with, in full; ends the process where it could be several. */
  #complete(arg: string, flags: readonly string[]): string {
    const [flag = ""] = /^--[^=]+/.exec(arg) ?? [];
    if (flag === "" || flags.includes(flag)) return arg;
    const candidates = flags.filter((each) => each.startsWith(flag));
    if (candidates.length > 1)
      this.error(`error: option '${flag}' is ambiguous: expected one of ${candidates.join(", ")}`);
    return (candidates[0] ?? flag) + arg.slice(flag.length);
  }

  /** Ends the process where a flag has another one in place of its value. */
  #checkValue(arg: string, next: string | undefined): void {
    const option = this.options.find(({ long }) => long === arg);
    if (option?.required !== true || next === undefined || !FLAG_LIKE.test(next)) return;
    this.error(
      `error: option '${option.flags}' argument missing: '${next}' is a flag; write ${arg}=${next} if it is not`,
    );
  }
}
