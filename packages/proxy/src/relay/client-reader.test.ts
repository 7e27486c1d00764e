import { expect, test } from "vitest";
import { PauseReason } from "../websocket/pause-reason.ts";
import { ClientReader } from "./client-reader.ts";

/** A client that is not read at first, with a reader. */
function make(): { reader: ClientReader; isRead: () => boolean } {
  let paused: number = PauseReason.noTarget;
  const reader = new ClientReader({
    pause: (reason) => void (paused |= reason),
    resume: (reason) => void (paused &= ~reason),
  });
  return { reader, isRead: () => paused === 0 };
}

test("the client is read only while bytes are waited for", async () => {
  const { reader, isRead } = make();
  expect([isRead(), reader.isWaiting]).toEqual([false, false]);
  const first = reader.read(3);
  expect([isRead(), reader.isWaiting]).toEqual([true, true]);
  reader.take(Buffer.from("ab"));
  expect(isRead()).toBe(true);
  reader.take(Buffer.from("cdef"));
  expect([isRead(), reader.isWaiting]).toEqual([false, false]);
  expect((await first).toString()).toBe("abc");
  expect((await reader.read(2)).toString()).toBe("de");
  expect(isRead()).toBe(false);
  const next = reader.read(2);
  expect(isRead()).toBe(true);
  reader.take(Buffer.from("gh"));
  expect((await next).toString()).toBe("fg");
  expect(reader.takeUnread().toString()).toBe("h");
  expect(reader.takeUnread()).toHaveLength(0);
});

test("the memory of what was taken may be used again", async () => {
  const { reader } = make();
  const read = reader.read(2);
  const memory = Buffer.from("a");
  reader.take(memory);
  memory.write("b");
  reader.take(memory);
  memory.fill(0);
  expect((await read).toString()).toBe("ab");
});

test("the end of the session rejects what waits and what is asked for later", async () => {
  const { reader } = make();
  const read = reader.read(1);
  reader.stop();
  await expect(read).rejects.toMatchObject({ reason: "session_terminated" });
  reader.take(Buffer.from("ab"));
  await expect(reader.read(1)).rejects.toMatchObject({ reason: "session_terminated" });
});
