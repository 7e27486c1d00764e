import { close, fstat, open, openSync, stat } from "node:fs";

/** How often the path is looked at, in milliseconds. */
const LOOK_MS = 1000;

/**
 * A file that log lines are appended to. After it was moved or removed, as logrotate does, the path is opened again.
 * Only the first opening is waited for: a file system that does not answer must not stop the event loop.
 */
export class LogFile {
  fd: number;
  readonly #path: string;
  /** What the path is now; taken into use before the next write, when no other is under way. */
  #next: number | undefined;

  /**
   * @param lookMs - test seam, in milliseconds.
   * @throws Error when it cannot be opened.
   */
  constructor(path: string, lookMs: number = LOOK_MS) {
    this.#path = path;
    this.fd = openSync(path, "a");
    setInterval(() => this.#look(), lookMs).unref();
  }

  /** Called before each write. */
  prepare(): void {
    if (this.#next === undefined) return;
    close(this.fd, ignore);
    this.fd = this.#next;
    this.#next = undefined;
  }

  #look(): void {
    if (this.#next !== undefined) return;
    fstat(this.fd, (error, ours) => {
      if (error !== null) return;
      stat(this.#path, (missing, there) => {
        const isMoved = missing === null ? there.ino !== ours.ino || there.dev !== ours.dev : missing.code === "ENOENT";
        if (isMoved) this.#open();
      });
    });
  }

  /** If that fails, lines go on to the file as it was, and the next look tries again. */
  #open(): void {
    open(this.#path, "a", (error, fd) => {
      if (error !== null) return;
      if (this.#next === undefined) this.#next = fd;
      else close(fd, ignore);
    });
  }
}

function ignore(): void {}
