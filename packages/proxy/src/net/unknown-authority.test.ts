import { expect, test } from "vitest";
import { isUnknownAuthority } from "./unknown-authority.ts";

test.each([
  ["unable to verify the first certificate; if the root CA is installed locally, try running Node.js with x", true],
  ["unable to get local issuer certificate", true],
  ["self-signed certificate in certificate chain", true],
  ["self-signed certificate", true],
  ["certificate has expired", false],
  ["Hostname/IP does not match certificate's altnames", false],
])("%s: %s", (message, is) => {
  expect(isUnknownAuthority(new Error(message))).toBe(is);
});
