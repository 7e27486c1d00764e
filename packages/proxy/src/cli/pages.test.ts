import { expect, test } from "vitest";
import { allPages } from "./pages.ts";

/** Reads pages of one entry, whose `next` is what `nextOf` makes of their number. */
function list(nextOf: (page: number) => string | undefined): { read: () => Promise<Page>; asked: () => number } {
  let page = 0;
  return {
    read: async () => {
      page += 1;
      return { entries: [page], next: nextOf(page) };
    },
    asked: () => page,
  };
}

interface Page {
  readonly entries: readonly number[];
  readonly next: string | undefined;
}

test("all pages are read, up to as many as there may be", async () => {
  const { read } = list((page) => (page < 5 ? `${page}` : undefined));
  expect(await allPages(read, 5)).toEqual([1, 2, 3, 4, 5]);
});

test("a list that begins again is not read for ever, whether at the same page or at one before", async () => {
  const same = list(() => "a");
  await expect(allPages(same.read)).rejects.toThrow("the list of the gateway begins again");
  expect(same.asked()).toBe(2);
  const round = list((page) => `${page % 3}`);
  await expect(allPages(round.read)).rejects.toThrow("the list of the gateway begins again");
  expect(round.asked()).toBe(4);
});

test("a page may be empty that is not the last, but not all of them", async () => {
  const pages: readonly Page[] = [
    { entries: [], next: "1" },
    { entries: [5], next: undefined },
  ];
  expect(await allPages(async (after) => pages[Number(after ?? 0)] as Page)).toEqual([5]);
  const read = async (after = ""): Promise<Page> => ({ entries: [], next: `${after.length}` });
  await expect(allPages(read)).rejects.toThrow("the list of the gateway begins again");
});

test("a list that has always one more page is not read for ever", async () => {
  const { read, asked } = list((page) => `${page}`);
  await expect(allPages(read)).rejects.toThrow("the list of the gateway has more than 10000 pages");
  expect(asked()).toBe(10_000);
});
