import { expect, test } from "vitest";
import { Slices } from "./slices.ts";

test("pieces of work share one slice in each turn of the event loop, and all are done", async () => {
  let now = 0;
  const slices = new Slices(() => now);
  let turn = 0;
  let isOver = false;
  const count = (): void => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const done: number[] = [];
  const work = async (): Promise<void> => {
    for (let piece = 0; piece < 10; piece += 1) {
      if (slices.isOver) await slices.next();
      now += 1;
      done.push(turn);
    }
  };
  await Promise.all([work(), work(), work()]);
  isOver = true;
  const inTurns = [...new Set(done)].map((each) => done.filter((other) => other === each).length);
  expect(done).toHaveLength(30);
  expect(Math.max(...inTurns)).toBeLessThanOrEqual(5 + 2);
});
