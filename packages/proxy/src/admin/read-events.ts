import type { IncomingMessage } from "node:http";

/** The longest event, in characters: many times what the gateway sends. */
const MAX_EVENT = 1024 * 1024;

/** An event of {@link AdminClient.followEvents}. */
export interface FollowedEvent {
  /** To go on from here. */
  readonly id: string;
  /** What happened, such as `session_opened`; `gap` where events are missing. */
  readonly event: string;
  /** The fields of a line of the audit trail; of a gap, how many are `lost` where that is known. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads server-sent events as the gateway writes them: `id`, `event` and one line of `data`. */
export async function* readEvents(answer: IncomingMessage): AsyncGenerator<FollowedEvent> {
  let rest = "";
  for await (const chunk of answer.setEncoding("utf8")) {
    const blocks = (rest + String(chunk)).split("\n\n");
    rest = blocks.pop() ?? "";
    if (rest.length > MAX_EVENT) throw new Error("the event is longer than any of a gateway");
    for (const block of blocks) {
      const [, id = "", event = "", data = "{}"] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (event !== "") yield { id, event, data: JSON.parse(data) as FollowedEvent["data"] };
    }
  }
}
