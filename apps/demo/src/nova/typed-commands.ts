import type { ConsoleLinks } from "./console-links.ts";

/** How long a link is good for unless a number is typed, in seconds: Nova's default `token_ttl`. */
export const TOKEN_SECONDS = 600;

/** The commands, for users at a terminal. */
export const COMMANDS = `  new [seconds]  another link, good for ${TOKEN_SECONDS} s or the time that you say
  revoke         deletes the row of the last link, as Nova does after a live migration
  delete         deletes the machine
  quit           stops everything, as Ctrl-C does`;

/** Does what a line says, and returns what to print; undefined for `quit`. */
export async function runCommand(line: string, links: ConsoleLinks): Promise<string | undefined> {
  const [command = "", seconds = String(TOKEN_SECONDS)] = line.trim().split(/\s+/);
  switch (command) {
    case "":
      return "";
    case "new":
      if (!/^[1-9]\d{0,5}$/.test(seconds)) return `expected whole seconds from 1 to 999999, but got ${seconds}`;
      return await links.issue(Number(seconds));
    case "revoke":
      await links.revoke();
      return "The row is deleted. Sessions of that link end at the next check.";
    case "delete":
      await links.deleteInstance();
      return "The machine is deleted. Its sessions end at the next check; `new` makes another machine.";
    case "quit":
      return undefined;
    default:
      return `expected one of these, but got ${command}:\n${COMMANDS}`;
  }
}
