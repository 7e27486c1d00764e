import type { Worker } from "node:cluster";
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { EndError } from "../end-reason.ts";
import { IpcChannel } from "./ipc-channel.ts";

interface Question {
  readonly type: "question";
}

interface Answers extends Record<string, unknown> {
  readonly question: string;
}

/** Two ends, between which messages become JSON, as between processes. */
function connect(): readonly [Worker, Worker] {
  const ends = [new EventEmitter(), new EventEmitter()] as const;
  for (const [index, end] of ends.entries()) {
    Object.assign(end, {
      isConnected: () => true,
      send: (message: unknown) => ends[1 - index]?.emit("message", JSON.parse(JSON.stringify(message))),
    });
  }
  return ends as unknown as readonly [Worker, Worker];
}

test.each([
  [new EndError("server_busy", "not now", { cause: "secret" }), { name: "EndError", reason: "server_busy" }],
  [new Error("not now"), { name: "Error" }],
])("the other side's %s is told as what it is, without its cause", async (failure, expected) => {
  const [near, far] = connect();
  const asking = new IpcChannel<Question, Answers, Question, Answers>(near);
  new IpcChannel<Question, Answers, Question, Answers>(far).handle({
    question: () => {
      throw failure;
    },
  });
  const error: unknown = await asking.ask({ type: "question" }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ ...expected, message: "not now" });
  expect(error).not.toHaveProperty("cause");
});
