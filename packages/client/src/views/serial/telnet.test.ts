import { describe, expect, test } from "vitest";
import { Telnet } from "./telnet.ts";

/** What a connection gave as data, and what was answered. */
function exchange(...received: readonly (readonly number[])[]): { data: number[]; replies: number[] } {
  const replies: number[] = [];
  const telnet = new Telnet((bytes) => replies.push(...bytes));
  return { data: received.flatMap((bytes) => [...telnet.receive(Uint8Array.from(bytes))]), replies };
}

describe("telnet", () => {
  test("is known by its first bytes, and answered", () => {
    // As QEMU begins: WILL ECHO, WILL SUPPRESS GO AHEAD, WILL BINARY, DO BINARY.
    const { data, replies } = exchange([255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0, 65]);
    expect(data).toEqual([65]);
    expect(replies).toEqual([255, 253, 1, 255, 253, 3, 255, 253, 0, 255, 251, 0]);
  });

  test("is understood byte by byte", () => {
    const bytes = [255, 251, 1, 65, 255, 255, 66, 255, 250, 24, 1, 255, 255, 7, 255, 240, 67, 255, 241, 68];
    const { data, replies } = exchange(...bytes.map((byte) => [byte]));
    expect(data).toEqual([65, 255, 66, 67, 68]);
    expect(replies).toEqual([255, 253, 1]);
  });

  test("refuses other options, and answers each offer once, so that no exchange goes on forever", () => {
    const offers = [255, 251, 31, 255, 253, 24, 255, 251, 31, 255, 252, 1, 255, 254, 3];
    expect(exchange(offers)).toEqual({ data: [], replies: [255, 254, 31, 255, 252, 24] });
  });

  test.each<[string, readonly number[][]]>([
    ["text", [[65, 255, 251, 1]]],
    [
      "bytes of another encoding",
      [
        [255, 65],
        [255, 251, 1],
      ],
    ],
    ["a doubled 0xFF", [[255, 255, 65]]],
  ])("is not seen in %s", (_what, received) => {
    expect(exchange(...received)).toEqual({ data: received.flat(), replies: [] });
  });

  test("waits for the second byte", () => {
    expect(exchange([255], [65])).toEqual({ data: [255, 65], replies: [] });
    expect(exchange([255], [], [251, 1, 65])).toEqual({ data: [65], replies: [255, 253, 1] });
  });

  test("escapes 0xFF in data", () => {
    expect([...Telnet.escape(Uint8Array.of(1, 255, 2))]).toEqual([1, 255, 255, 2]);
  });
});
