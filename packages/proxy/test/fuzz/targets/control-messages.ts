import { deepStrictEqual } from "node:assert";
import { parseClientMessage } from "@curfew/protocol";
import { pureTarget } from "../target.ts";

/** A client's control messages: whatever the text, the parser answers; a message means the same after a round trip. */
export const controlMessages = pureTarget(
  "control-messages",
  [
    '{"type":"ping","id":1}',
    '{"type":"renew","id":2,"token":"secret"}',
    '{"type":"break","durationMs":250}',
    '{"type":"takeover_answer","id":3,"allow":true}',
    '{"type":"pause"}',
    '{"type":"resume"}',
    '{"type":"later","id":[1,{"a":null}]}',
    "[]",
    "null",
  ],
  (input) => {
    const parsed = parseClientMessage(input.toString());
    if (parsed.ok === true) {
      deepStrictEqual(parseClientMessage(JSON.stringify(parsed.message)), parsed);
      return parsed.message.type;
    }
    return parsed.ok === false ? parsed.error.replaceAll(/[^a-z ]/gi, "").slice(0, 40) : "ignored";
  },
);
