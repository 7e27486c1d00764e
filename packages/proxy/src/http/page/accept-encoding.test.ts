import { expect, test } from "vitest";
import { acceptsGzip } from "./accept-encoding.ts";

test.each([
  [undefined, false],
  ["", false],
  ["gzip", true],
  ["gzip, deflate, br, zstd", true],
  ["br;q=1.0, GZIP;q=0.8", true],
  ["gzip ; q=0.001", true],
  ["gzip;q=0", false],
  ["gzip;q=0.000, br", false],
  ["*", true],
  ["*;q=0", false],
  ["gzip;q=0, *", false],
  ["identity", false],
  ["xgzip", false],
  ["gzip;q=much", false],
])("Accept-Encoding %j takes gzip: %s", (header, accepted) => {
  expect(acceptsGzip(header)).toBe(accepted);
});
