import { strictEqual } from "node:assert";
import { FrameError } from "../../../src/websocket/frame-error.ts";
import { FrameParser } from "../../../src/websocket/frame-parser.ts";
import { clientFrame, closePayload, readAll, Recorder } from "../../support/client-frames.ts";
import { OPCODE } from "../../support/raw-client.ts";
import { pieces, pureTarget } from "../target.ts";

const MAX_TEXT_BYTES = 256;

/**
 * What the parser makes of a stream in these pieces. The message with the fault counts for nothing: what came of it in the same
 * read may be passed on or not.
 */
function parse(stream: readonly Buffer[], isControl: boolean): string[] {
  const recorder = new Recorder();
  const parser = new FrameParser(recorder, { isControl, maxBytes: MAX_TEXT_BYTES });
  try {
    for (const piece of stream) readAll(parser, piece);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    const events = recorder.joined();
    while (/^(?:bytes|too long)/.test(events.at(-1) ?? "")) events.pop();
    return [...events, `fault ${error.code}`];
  }
  return recorder.joined();
}

/** A client's frames: the parser refuses with `FrameError`, and it does not matter where the stream is cut. */
export const websocketFrames = pureTarget(
  "websocket-frames",
  [
    clientFrame(OPCODE.binary, "console"),
    clientFrame(OPCODE.text, "κόσμε"),
    clientFrame(OPCODE.binary, Buffer.alloc(300)),
    clientFrame(OPCODE.binary, "x", { lengthBytes: 8 }),
    clientFrame(OPCODE.ping, "ping"),
    clientFrame(OPCODE.close, closePayload(1000, "bye")),
    Buffer.concat([clientFrame(OPCODE.text, "a", { final: false }), clientFrame(OPCODE.continuation, "b")]),
  ],
  (input, cuts) => {
    const outcomes = [true, false].map((isControl) => {
      const whole = parse([Buffer.from(input)], isControl);
      strictEqual(parse(pieces(input, cuts), isControl).join(), whole.join());
      return whole.map((event) => (/^(?:fault|close)/.test(event) ? event : event.split(" ", 1).join()));
    });
    return [...new Set(outcomes.flat())].toSorted().join();
  },
);
