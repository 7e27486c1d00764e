import type { Selection } from "../control/selection.ts";
import type {
  EndCommand,
  SessionControl,
  SessionList,
  SessionLookup,
  SessionsEnded,
} from "../control/session-control.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Controls the sessions of all workers. */
export class PoolControl implements SessionControl {
  readonly #pool: Pick<WorkerPool, "askAll">;

  constructor(pool: Pick<WorkerPool, "askAll">) {
    this.#pool = pool;
  }

  async list(): Promise<SessionList> {
    const { answers, ...members } = await this.#pool.askAll(({ channel }) => channel.ask({ type: "list" }));
    const sessions = answers.flat().toSorted((a, b) => a.started_at.localeCompare(b.started_at));
    return { sessions, ...members };
  }

  async get(id: string): Promise<SessionLookup> {
    const { answers, ...members } = await this.#pool.askAll(({ channel }) => channel.ask({ type: "get", id }));
    return { session: answers.find((session) => session !== null) ?? undefined, ...members };
  }

  async end(selection: Selection, command: EndCommand): Promise<SessionsEnded> {
    const { answers, ...members } = await this.#pool.askAll(({ channel }) =>
      channel.ask({ type: "end", selection, ...command }),
    );
    return { ended: answers.reduce((total, count) => total + count, 0), ...members };
  }
}
