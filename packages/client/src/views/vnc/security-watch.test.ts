import { describe, expect, test } from "vitest";
import { SecurityWatch, securityTypeNames, type SecurityVerdict } from "./security-watch.ts";

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];
const u32 = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
const V33 = ascii("RFB 003.003\n");
const V38 = ascii("RFB 003.008\n");

/** What is found in the output, as it comes at once and byte by byte. */
function verdicts(output: readonly number[]): (SecurityVerdict | undefined)[] {
  const whole = new SecurityWatch().read(Uint8Array.from(output));
  const watch = new SecurityWatch();
  const inPieces = output.map((byte) => watch.read(Uint8Array.of(byte))).find((verdict) => verdict !== undefined);
  return [whole, inPieces];
}

describe("a sign-in that noVNC does not have", () => {
  test.each([
    ["only TLS", [...V38, 1, 18], [18]],
    ["RealVNC's own types", [...V38, 4, 13, 5, 0x81, 0x85], [13, 5, 0x81, 0x85]],
    ["VeNCrypt with certificates", [...V38, 1, 19, 0, 2, 0, 2, ...u32(260), ...u32(262)], [260, 262]],
    ["RFB 3.3 with type 18", [...V33, ...u32(18)], [18]],
  ])("is named: %s", (_name, output, types) => {
    const verdict = { kind: "unsupported", types };
    expect(verdicts(output)).toEqual([verdict, verdict]);
  });

  test.each([
    ["none and VNC", [...V38, 2, 1, 2]],
    ["VeNCrypt with Plain", [...V38, 1, 19, 0, 2, 0, 2, ...u32(260), ...u32(256)]],
    ["VNC before VeNCrypt", [...V38, 2, 2, 19, 0, 2, 0, 1, ...u32(260)]],
    ["RFB 3.3 with a password", [...V33, ...u32(2)]],
    ["random bytes", Array.from({ length: 40 }, (_, index) => (index * 89 + 7) % 256)],
    ["Apple's", [...ascii("RFB 003.889\n"), 4, 0x1e, 0x21, 0x24, 0x23]],
  ])("is none of: %s", (_name, output) => {
    expect(verdicts(output)).toEqual([undefined, undefined]);
  });

  test("has a name and a number", () => {
    expect(securityTypeNames([18, 262, 77])).toBe("TLS (18), X.509 with a user name (262), 77");
  });
});

describe("a refusal", () => {
  test.each([
    ["of RFB 3.3, right after the version", [...V33, ...u32(0), ...u32(9), ...ascii("no access")]],
    ["of RFB 3.8", [...V38, 0, ...u32(9), ...ascii("no access")]],
  ])("%s is read", (_name, output) => {
    const verdict = { kind: "refused", reason: "no access" };
    expect(verdicts(output)).toEqual([verdict, verdict]);
  });

  test("is cleaned, and read no further than 2,000 bytes", () => {
    const reason = (text: string): string | undefined => {
      const bytes = ascii(text);
      const verdict = new SecurityWatch().read(
        Uint8Array.from([...V38, 0, ...u32(bytes.length), ...bytes].slice(0, 2_100)),
      );
      return verdict?.kind === "refused" ? verdict.reason : undefined;
    };
    expect(reason("a\u0000b\u202E c")).toBe("ab c");
    expect(reason("x".repeat(100_000))?.length).toBeLessThan(2_000);
  });
});
