import { startProcess } from "./process.ts";
import type { ServerProcess } from "./process.ts";
import { requireProgram } from "./programs.ts";
import { whenReady } from "./server.ts";
import { TypedText } from "./typed-text.ts";

/** How long a terminal may take to start, in milliseconds. */
const START_MS = 30_000;

/** What the terminal reports when it reads the keyboard. */
const TERMINAL_READY = "terminal ready";

/** The color of the terminal in the upper left corner of the screen, as `#rrggbb`. */
export const TERMINAL_COLOR = "#103060";

/** Draws something recognizable, then repeats each typed line on the screen and on file descriptor 3. */
const terminalScript = `
for color in 41 42 43 44 45 46; do printf '\\033[%sm      ' "$color"; done
printf '\\033[0m\\n\\nCurfew test desktop\\n\\n'
echo '${TERMINAL_READY}' >&3
while printf '> ' && IFS= read -r line; do
  printf '%s\\n' "$line" >&3
  printf 'typed: %s\\n' "$line"
done
`;

/** Starts a terminal and adds it to `processes`; resolves when it reads the keyboard, with what is typed from then on. */
export async function startTerminal(display: string, processes: ServerProcess[]): Promise<TypedText> {
  const look = [
    "-fa",
    "Monospace",
    "-fs",
    "12",
    "-bg",
    TERMINAL_COLOR,
    "-fg",
    "white",
    "-geometry",
    "76x24+0+0",
    "-T",
    "Terminal",
  ];
  // With -wf, the script says that it is ready once the window is on the screen: before that, keys go nowhere.
  const behaviour = ["-display", display, "-b", "0", "-bw", "0", "+sb", "-wf", "-e", "sh", "-c", terminalScript];
  const terminal = await startProcess(requireProgram("xterm"), [...look, ...behaviour], 3);
  processes.push(terminal);
  const typed = new TypedText(terminal.report);
  await whenReady("xterm", terminal, START_MS, async () => typed.match(new RegExp(TERMINAL_READY, "u"), START_MS));
  return typed;
}

/**
 * Starts a window manager, which frames windows that are there already, too, and adds it to `processes`. Its settings
 * are the defaults, not those of the user who runs this.
 */
export async function startWindowManager(
  display: string,
  settingsFolder: string,
  processes: ServerProcess[],
): Promise<void> {
  const environment = { ICEWM_PRIVCFG: settingsFolder };
  processes.push(await startProcess(requireProgram("icewm"), [`--display=${display}`], 1, environment));
}
