import type { ControlAnswer, ControlRequestOf } from "../control/control-request.ts";
import { compareSessions } from "../control/merged-control.ts";
import type { SessionView } from "../control/session-view.ts";
import { PAGE_SESSIONS } from "./message-schemas.ts";

/** The fewest sessions to ask for at once. */
const MIN_PAGE = 50;

/** Asks for a part of the list of one gateway. */
export type AskList = (request: ControlRequestOf<"list">) => Promise<ControlAnswer<"list">>;

/** Reads the list of one gateway, as far as it is needed. */
class ListReader {
  readonly #ask: AskList;
  #read: ControlAnswer<"list"> | undefined;
  #sessions: readonly SessionView[] = [];
  #failure: unknown;
  #isDone = false;

  constructor(ask: AskList) {
    this.#ask = ask;
  }

  get sessions(): readonly SessionView[] {
    return this.#sessions;
  }

  /** @throws Error when a part of it could not be read. */
  get answer(): ControlAnswer<"list"> {
    if (this.#read === undefined) throw this.#failure;
    return { ...this.#read, answer: { sessions: this.#sessions, next: this.#read.answer.next } };
  }

  async read(request: ControlRequestOf<"list">, limit: number): Promise<void> {
    const after = this.#read?.answer.next ?? request.page.after;
    try {
      this.#read = await this.#ask({ ...request, page: { limit, after } });
      const { sessions, next } = this.#read.answer;
      this.#sessions = [...this.#sessions, ...sessions];
      // An empty part would be asked for again and again.
      this.#isDone = next === undefined || sessions.length === 0;
    } catch (error) {
      this.#read = undefined;
      this.#sessions = [];
      this.#failure = error;
      this.#isDone = true;
    }
  }

  /**
   * Whether it may have more sessions that are older than `last`; undefined for the end of the list. Of more than `limit`
   * it has none that count, unless they are not in order.
   */
  isBehind(last: SessionView | undefined, limit: number): boolean {
    const own = this.#sessions.at(-1);
    return (
      !this.#isDone &&
      this.#sessions.length < limit &&
      own !== undefined &&
      (last === undefined || compareSessions(own, last) < 0)
    );
  }
}

/**
 * Reads of the lists of several gateways what the oldest `limit` sessions of all need, in parts that each fit into a
 * message.
 *
 * @returns their answers, in the same order.
 */
export async function readLists(
  gateways: readonly AskList[],
  request: ControlRequestOf<"list">,
  limit: number,
): Promise<readonly PromiseSettledResult<ControlAnswer<"list">>[]> {
  const readers = gateways.map((ask) => new ListReader(ask));
  // Mostly, each has about as many of them.
  const part = Math.min(limit, PAGE_SESSIONS, Math.max(MIN_PAGE, Math.ceil((1.5 * limit) / gateways.length)));
  let behind: readonly ListReader[] = readers;
  while (behind.length > 0) {
    await Promise.all(behind.map(async (reader) => await reader.read(request, part)));
    const last = readers.flatMap(({ sessions }) => sessions).toSorted(compareSessions)[limit - 1];
    behind = readers.filter((reader) => reader.isBehind(last, limit));
  }
  return await Promise.allSettled(readers.map(async (reader) => reader.answer));
}
