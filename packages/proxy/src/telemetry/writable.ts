import { constants, fstatSync, openSync } from "node:fs";

/** Where lines for a descriptor are written. A thread that waits in a write would keep the process from exiting. */
export interface Writable {
  readonly fd: number;
  /** Called before each write, which must fail with `EAGAIN` while nothing reads. */
  readonly prepare: () => void;
}

/** @param fd - a descriptor that this process was given, such as standard error. */
export function openWritable(fd: number): Writable {
  const stats = fd <= 2 ? fstatSync(fd) : undefined;
  if (stats?.isFIFO() === true) {
    try {
      // Opened again, because every process that inherits the pipe changes how it is written to.
      return { fd: openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK), prepare: ignore };
    } catch {
      // Not Linux, or it belongs to another user.
    }
  }
  const isStream = stats?.isFIFO() === true || stats?.isSocket() === true;
  return { fd, prepare: isStream ? () => unblock(fd === 1 ? process.stdout : process.stderr) : ignore };
}

/** Node does that when it opens the stream; a process that inherits it undoes it when it starts, and when it ends. */
function unblock(stream: NodeJS.WriteStream): void {
  const { _handle: handle } = stream as { readonly _handle?: { setBlocking?(isBlocking: boolean): void } };
  handle?.setBlocking?.(false);
}

function ignore(): void {}
