import { expect, test } from "vitest";
import { SharedLook } from "./shared-look.ts";

/** Looks that end when they are told to. */
function start(): { look: SharedLook<number>; running: PromiseWithResolvers<number>[] } {
  const running: PromiseWithResolvers<number>[] = [];
  const look = new SharedLook(async () => {
    running.push(Promise.withResolvers());
    return await (running.at(-1) as PromiseWithResolvers<number>).promise;
  });
  return { look, running };
}

test("all that ask while it is looked share one more look, and none gets what was begun before", async () => {
  const { look, running } = start();
  const first = look.result();
  const later = [look.result(), look.result(), look.result()];
  expect(running).toHaveLength(1);
  running[0]?.resolve(1);
  expect(await first).toBe(1);
  await expect.poll(() => running.length).toBe(2);
  const last = look.result();
  running[1]?.resolve(2);
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
  await expect.poll(() => running.length).toBe(3);
  running[2]?.resolve(3);
  expect(await last).toBe(3);
});

test("one that fails takes only those along that it was for", async () => {
  const { look, running } = start();
  const [first, second] = [look.result(), look.result()];
  running[0]?.reject(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  await expect.poll(() => running.length).toBe(2);
  running[1]?.resolve(2);
  expect(await second).toBe(2);
  const third = look.result();
  running[2]?.resolve(3);
  expect(await third).toBe(3);
});
