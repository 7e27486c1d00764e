import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const PROGRAM = `
  const { DatabaseSync } = require("node:sqlite");
  const [path, exclusive] = process.argv.slice(1);
  const db = new DatabaseSync(path, { timeout: 5000 });
  if (exclusive === "true") db.exec("PRAGMA locking_mode = EXCLUSIVE");
  db.exec("BEGIN IMMEDIATE; UPDATE grants SET name = name");
  process.send("locked");
  process.on("message", () => { db.exec("COMMIT"); db.close(); process.disconnect(); });
`;

/** A process that holds the lock of a token store's file. */
export class FileLock implements AsyncDisposable {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** @param from - `writers`, as a backup or another gateway does; `everybody`, as a tool that repairs the file does. */
  static async take(path: string, from: "writers" | "everybody"): Promise<FileLock> {
    const child = spawn(process.execPath, ["-e", PROGRAM, path, String(from === "everybody")], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    await once(child, "message");
    return new FileLock(child);
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
