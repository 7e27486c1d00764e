import { readFileSync } from "node:fs";

const document = readFileSync(new URL("../../../docs/content-security-policy.md", import.meta.url), "utf8");

/** A policy's directives in order, each with its sources. */
export type Policy = readonly (readonly [directive: string, ...sources: string[]])[];

/** The policies that the document has, in its order. */
const [everyConsole, vncAlone, spiceAlone, additions] = [...document.matchAll(/```text\n([^]*?)```/gu)].map(
  ([, text = ""]) => text.split(";").map((directive) => directive.trim().split(/\s+/u) as [string, ...string[]]),
) as unknown as readonly [Policy, Policy, Policy, Policy];
export { additions, everyConsole, spiceAlone, vncAlone };

/** A row of the document's table. */
export interface Reason {
  readonly directive: string;
  readonly source: string;
  readonly neededBy: string;
}

/** What the document gives reasons for. */
export const reasons: readonly Reason[] = [
  ...document.matchAll(/^\| `(?<directive>\S+) (?<source>\S+)` +\| (?<neededBy>.+?) +\|/gmu),
].map(({ groups }) => groups as unknown as Reason);

/** The policy as a header has it, with these addresses in the place of the gateway's. */
export function headerOf(policy: Policy, gateways: readonly string[]): string {
  return policy.map((directive) => directive.join(" ").replace("wss://gateway.example", gateways.join(" "))).join("; ");
}

/** The policy without one source; a directive that has no other goes with it. */
export function without(policy: Policy, directive: string, source: string): Policy {
  return policy.flatMap(([name, ...sources]) => {
    const left = name === directive ? sources.filter((other) => other !== source) : sources;
    return left.length === 0 ? [] : [[name, ...left] as const];
  });
}
