import { expect, test } from "vitest";
import { TrafficPrinter } from "./traffic.ts";

test("a legend explains the characters, of which each piece of data has two", () => {
  const printed: string[] = [];
  const printer = new TrafficPrinter({ write: (text) => void printed.push(text) });
  expect(printer.take()).toBeUndefined();
  expect(printer.takeFromClient()).toBeUndefined();
  printer.end();
  const [legend, ...characters] = printed;
  expect(legend).toContain("}  - Client receive");
  expect(characters).toEqual(["{<", "}>"]);
});
