import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { Opcode } from "./frame-header.ts";
import { Pongs } from "./pongs.ts";

/** A client's connection, and the payloads of the pongs that the client has got. */
function connect(takes: (sent: () => void) => void) {
  const got: string[] = [];
  const stream = new Duplex({
    write(frame: Buffer, _encoding, sent) {
      expect(frame[0]).toBe(0x80 | Opcode.pong);
      got.push(frame.subarray(2).toString());
      takes(sent);
    },
  });
  const pongs = new Pongs({ stream, isOpen: true, answer: (frame) => stream.write(frame) });
  /** Has the client send pings that arrive in one read. */
  const read = (...payloads: readonly string[]): void => {
    stream.cork();
    for (const payload of payloads) pongs.add(Buffer.from(payload));
    pongs.endRead();
    stream.uncork();
  };
  return { got, read };
}

test("each ping of reads that follow at once is answered", async () => {
  const { got, read } = connect((sent) => sent());
  read("1", "2");
  read("3", "4", "5");
  await new Promise(setImmediate);
  expect(got).toEqual(["1", "2", "3", "4", "5"]);
});

test("while an answer is not taken, only the latest ping gets another", async () => {
  let take = (): void => {};
  const { got, read } = connect((sent) => (take = sent));
  read("1");
  read("2", "3");
  read("4", "5");
  expect(got).toEqual(["1"]);
  take();
  await new Promise(setImmediate);
  expect(got).toEqual(["1", "5"]);
});
