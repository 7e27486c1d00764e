import type { lookup, LookupAddress } from "node:dns";
import { expect, test } from "vitest";
import { EndError } from "../end-reason.ts";
import { NameLookups } from "./name-lookups.ts";

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** Lookups whose answers the test gives. */
function make(): { lookups: NameLookups; asked: Map<string, Answer>; names: string[] } {
  const asked = new Map<string, Answer>();
  const names: string[] = [];
  const resolve = (name: string, _options: object, answer: Answer): void => {
    asked.set(name, answer);
    names.push(name);
  };
  return { lookups: new NameLookups(resolve as typeof lookup), asked, names };
}

const ADDRESSES: LookupAddress[] = [{ address: "192.0.2.1", family: 4 }];

test("a name that many ask for at once is looked up once; afterwards it is looked up again", () => {
  const { lookups, asked, names } = make();
  const answers: (readonly LookupAddress[])[] = [];
  for (let count = 0; count < 100; count += 1) lookups.resolve("a", {}, (_, addresses) => answers.push(addresses));
  expect(names).toEqual(["a"]);
  asked.get("a")?.(null, ADDRESSES);
  expect(answers).toEqual(Array.from({ length: 100 }, () => ADDRESSES));
  lookups.resolve("a", {}, () => {});
  expect(names).toEqual(["a", "a"]);
});

test("another family or other hints are another lookup", () => {
  const { lookups, names } = make();
  for (const options of [{}, { family: 4 }, { family: 6 }, { hints: 1 }, {}]) lookups.resolve("a", options, () => {});
  expect(names).toHaveLength(4);
});

test("eight run at once, others wait for their turn, and those beyond are refused", () => {
  const { lookups, asked, names } = make();
  const errors: unknown[] = [];
  const keep = (error: Error | null): void => void (error !== null && errors.push(error));
  for (let count = 0; count < 8 + 256; count += 1) lookups.resolve(`name ${count}`, {}, keep);
  expect(names).toHaveLength(8);
  expect(errors).toEqual([]);
  lookups.resolve("one more", {}, keep);
  expect(errors).toEqual([new EndError("server_busy", "the gateway looks too many names up")]);
  // One that waits or runs can still be joined.
  lookups.resolve("name 200", {}, keep);
  expect(errors).toHaveLength(1);
  asked.get("name 3")?.(Object.assign(new Error("not found"), { code: "ENOTFOUND" }), []);
  expect(errors).toHaveLength(2);
  expect(names.at(-1)).toBe("name 8");
  for (let count = 0; count < 8 + 256; count += 1) asked.get(`name ${count}`)?.(null, ADDRESSES);
  expect(new Set(names).size).toBe(8 + 256);
});
