import { HelperProcess } from "../../hostile/helper-process.ts";
import type { ConsoleRequests } from "./consoles-process.ts";

/** Serial consoles at one address, in a process of their own. */
export class Consoles implements AsyncDisposable {
  /** As tokens name it. */
  readonly target: string;
  readonly #process: HelperProcess<ConsoleRequests>;

  private constructor(process: HelperProcess<ConsoleRequests>, target: string) {
    this.#process = process;
    this.target = target;
  }

  static async listen(host: string): Promise<Consoles> {
    const process = new HelperProcess<ConsoleRequests>(new URL("consoles-process.ts", import.meta.url), []);
    return new Consoles(process, await process.ask("listen", host));
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Waits until the targets of sessions have ended. */
  async ended(names: readonly string[]): Promise<readonly number[]> {
    return await this.#process.ask("ended", names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
