import { Command, type ParseOptionsResult } from "commander";

/** Commander's own flag, which is not in the list of a command's options. */
const HELP = "--help";

/** A command whose long flags may be cut short, as those of Nova's programs may (Python's `argparse`). */
export class AbbreviatingCommand extends Command {
  override parseOptions(args: string[]): ParseOptionsResult {
    const flags = [HELP, ...this.options.flatMap(({ long }) => long ?? [])];
    const end = args.indexOf("--");
    return super.parseOptions(args.map((arg, index) => (end >= 0 && index >= end ? arg : this.#complete(arg, flags))));
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
}
