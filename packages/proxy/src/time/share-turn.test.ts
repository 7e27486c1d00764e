import { expect, test } from "vitest";
import { shareTurn } from "./share-turn.ts";

test("all who ask in one turn share what is begun after they asked, and those of the next do not", async () => {
  let asked = 0;
  const begun: number[] = [];
  const shared = shareTurn(async () => begun.push(asked));
  const ask = async (): Promise<number> => {
    asked += 1;
    return await shared();
  };
  const first = [ask(), ask()];
  await Promise.resolve();
  first.push(ask());
  expect(begun).toEqual([]);
  expect(await Promise.all(first)).toEqual([1, 1, 1]);
  expect(await ask()).toBe(2);
  expect(begun).toEqual([3, 4]);
});

test("a failure is told to all of them, and the next is tried again", async () => {
  let failures = 1;
  const shared = shareTurn(async () => {
    failures -= 1;
    if (failures === 0) throw new Error("not now");
  });
  expect(await Promise.allSettled([shared(), shared()])).toMatchObject([
    { reason: { message: "not now" } },
    { reason: { message: "not now" } },
  ]);
  await shared();
});
