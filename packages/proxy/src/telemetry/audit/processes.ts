import type { ReadLine } from "./read.ts";

/** A process that wrote lines. */
interface Process {
  readonly gateway: string | undefined;
  readonly pid: number | undefined;
  /** Where its gateway listens: at most one does at a time. Undefined where the system picks a port. */
  readonly place: string | undefined;
  gone: Gone | undefined;
}

/** What is known of the end of a process. */
export interface Gone {
  /** The time of the line that tells of it, which may be much later. */
  readonly at: string;
  readonly how: string;
  /** The run of that line. */
  readonly by: string | undefined;
}

/** Tells from the lines of a trail which processes have ended, also those that were killed and could not say so. */
export class Processes {
  readonly #byRun = new Map<string, Process>();

  /** @param line - lines are added in the order in which they were written. */
  add(line: ReadLine): void {
    const { event, run, time } = line;
    if (run === undefined) return;
    const known = this.#byRun.get(run);
    // It was not replaced after all.
    if (known?.gone !== undefined) known.gone = undefined;
    if (event === "gateway_started") this.#start(run, line);
    else if (event === "gateway_stopped" && known !== undefined) {
      known.gone = { at: time, how: "its process has stopped", by: run };
    } else if (event === "start_failed") this.#fail(run);
    else if (event === "worker_lost") {
      const how = `its process has crashed: ${line.detail ?? "for an unknown reason"}`;
      for (const each of this.#byRun.values()) {
        if (each.gateway === run && each.pid === line.worker) each.gone ??= { at: time, how, by: run };
      }
    }
  }

  /** Undefined while a process runs, as far as is known. */
  goneOf(run: string | undefined): Gone | undefined {
    return run === undefined ? undefined : this.#byRun.get(run)?.gone;
  }

  #start(run: string, { gateway, pid, host, listen, time }: ReadLine): void {
    const place = listen === undefined || listen.endsWith(":0") ? undefined : `${host} ${listen}`;
    const gone: Gone = { at: time, how: "its gateway was killed or has crashed, and was started again", by: run };
    for (const each of this.#byRun.values()) {
      if (place !== undefined && each.place === place && each.gateway !== gateway) each.gone ??= gone;
    }
    this.#byRun.set(run, { gateway, pid, place, gone: undefined });
  }

  /** Another one listened there: those that seemed to be replaced go on. */
  #fail(run: string): void {
    this.#byRun.delete(run);
    for (const each of this.#byRun.values()) if (each.gone?.by === run) each.gone = undefined;
  }
}
