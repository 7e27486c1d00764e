import type { ConsoleState } from "@curfew/client";
import type { SerialEvents } from "@curfew/client/serial";

/** A login prompt that was printed before anybody watched is not printed again: most lines are silent at first. */
const SILENT_MS = 3_000;

/** The members of a serial console that tell whether its line is silent. */
export interface Line {
  readonly state: ConsoleState;
  on<Type extends "state" | "output" | "input">(
    type: Type,
    listener: (event: SerialEvents[Type]) => void,
    options: { readonly signal: AbortSignal },
  ): unknown;
}

/** Calls `hint` once if nothing was received and nothing was sent for a while after the console has opened. */
export function watchSilence(line: Line, hint: () => void, signal: AbortSignal): void {
  const heard = new AbortController();
  const listen = { signal: AbortSignal.any([signal, heard.signal]) };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = ({ status }: ConsoleState): void => {
    clearTimeout(timer);
    if (status === "connected") timer = setTimeout(hint, SILENT_MS);
  };
  listen.signal.addEventListener("abort", () => clearTimeout(timer));
  line.on("output", () => heard.abort(), listen);
  line.on("input", () => heard.abort(), listen);
  line.on("state", follow, listen);
  follow(line.state);
}
