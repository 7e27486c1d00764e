import { close, constants, fstat, open, openSync, stat } from "node:fs";

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;

/** Appends, as `a` does. Opening a FIFO would otherwise wait for a reader, and each write for the next read. */
const FLAGS = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK;

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
  /** Whether a look is under way: a disk that does not answer would take one thread after the other. */
  #isLooking = false;

  /**
   * @param lookMs - test seam, in milliseconds.
   * @throws Error when it cannot be opened.
   */
  constructor(path: string, lookMs: number = LOOK_MS) {
    this.#path = path;
    this.fd = openSync(path, FLAGS);
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
    if (this.#next !== undefined || this.#isLooking) return;
    this.#isLooking = true;
    fstat(this.fd, (error, ours) => {
      if (error !== null) return this.#looked();
      stat(this.#path, (missing, there) => {
        const isMoved = missing === null ? there.ino !== ours.ino || there.dev !== ours.dev : missing.code === "ENOENT";
        if (isMoved) this.#open();
        else this.#looked();
      });
    });
  }

  /** If that fails, lines go on to the file as it was, and the next look tries again. */
  #open(): void {
    open(this.#path, FLAGS, (error, fd) => {
      if (error === null) this.#next = fd;
      this.#looked();
    });
  }

  #looked(): void {
    this.#isLooking = false;
  }
}

function ignore(): void {}
