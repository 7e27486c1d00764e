import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const PROGRAM = `
  const { DatabaseSync } = require("node:sqlite");
  const [path, from] = process.argv.slice(1);
  const db = new DatabaseSync(path, { timeout: 5000 });
  const commands = {
    lock() {
      if (from === "everybody") db.exec("PRAGMA locking_mode = EXCLUSIVE");
      db.exec("BEGIN IMMEDIATE; UPDATE grants SET name = name");
      process.send("locked");
    },
    release() {
      if (db.isTransaction) db.exec("COMMIT");
      db.close();
      process.disconnect();
    },
  };
  process.on("message", (name) => commands[name]());
  process.send("open");
`;

/** A process that locks the file of a token store. */
export class FileLock implements AsyncDisposable {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /**
   * Starts the process, which does not lock yet.
   *
   * @param from - `writers`, as a backup or another gateway does; `everybody`, as a tool that repairs the file does.
   */
  static async prepare(path: string, from: "writers" | "everybody"): Promise<FileLock> {
    const child = spawn(process.execPath, ["-e", PROGRAM, path, from], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    await once(child, "message");
    return new FileLock(child);
  }

  /** Starts the process, and locks. */
  static async take(path: string, from: "writers" | "everybody"): Promise<FileLock> {
    const lock = await FileLock.prepare(path, from);
    await lock.lock();
    return lock;
  }

  async lock(): Promise<void> {
    const locked = once(this.#process, "message");
    this.#process.send("lock");
    await locked;
  }

  async release(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.send("release");
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
