/** How long a start may take that is to be followed by a stop, in milliseconds. */
const STARTING_MS = 5000;

let isAsked = false;
let onSignal = endAfterStart;
let givingUp: NodeJS.Timeout | undefined;

/**
 * From now on SIGINT and SIGTERM are not lost: while the gateway starts, they stop it as soon as it has started. Without
 * a handler, the first process of a container would ignore them (pid_namespaces(7)), and the end of the first of several
 * processes would surprise the workers.
 */
export function noteStopSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => onSignal());
}

function endAfterStart(): void {
  if (isAsked) process.exit();
  isAsked = true;
  givingUp = setTimeout(() => process.exit(), STARTING_MS).unref();
}

/**
 * The gateway has started: from now on they drain. A second signal ends the sessions at once.
 *
 * @param stop - takes how long running sessions may go on, in milliseconds; without it, as long as configured.
 */
export function drainOnStopSignals(stop: (drainMs?: number) => void): void {
  // It would end the first of several processes before the others have drained.
  clearTimeout(givingUp);
  onSignal = () => {
    stop(isAsked ? 0 : undefined);
    isAsked = true;
  };
  if (isAsked) onSignal();
}
