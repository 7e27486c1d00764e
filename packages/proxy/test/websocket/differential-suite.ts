import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPCODE } from "../support/raw-client.ts";
import { CASES } from "./cases.ts";
import type { Observation, Peer } from "./frames.ts";
import { startCurfew } from "./peers/curfew.ts";
import { cuts, expectedOf, invalidStream, validStream } from "./random-streams.ts";

/** Codes of a close frame that say that a rule was broken. */
const FAULTS = [1002, 1007, 1009];

/** Streams through the gateway and through an independent peer give the same bytes, answers and verdicts. */
export function describeDifferences(name: string, startPeer: () => Promise<Peer>): void {
  describe(`the gateway and ${name} agree`, () => {
    let curfew: Peer;
    let peer: Peer;
    beforeAll(async () => {
      [curfew, peer] = await Promise.all([startCurfew(), startPeer()]);
    });
    afterAll(async () => {
      await Promise.all([curfew[Symbol.asyncDispose](), peer[Symbol.asyncDispose]()]);
    });
    /** The observations of both. */
    const both = async (...stream: Parameters<Peer["observe"]>): Promise<readonly [Observation, Observation]> =>
      await Promise.all([curfew.observe(...stream), peer.observe(...stream)]);

    test("on every stream of the cases", async () => {
      for (const { name, frames, code, dissenters = [] } of CASES) {
        const closes = frames.some(({ opcode }) => opcode === OPCODE.close) || code !== 1000;
        const [ours, theirs] = await both(frames, closes ? undefined : expectedOf(frames));
        expect(ours.code, name).toBe(code);
        if (!dissenters.includes(peer.name)) expectAgreement(ours, theirs, peer, { isWhole: !closes, name });
      }
    });

    test("on random valid streams, however they are cut", async () => {
      await fc.assert(
        fc.asyncProperty(validStream, cuts, async (frames, at) => {
          const [ours, theirs] = await both(frames, expectedOf(frames), at);
          expect(ours.code).toBe(1000);
          expect(ours.data.length).toBe(expectedOf(frames).bytes);
          expectAgreement(ours, theirs, peer, { isWhole: true });
        }),
        { numRuns: 60, interruptAfterTimeLimit: 15_000 },
      );
    });

    test("on random streams with something wrong in them", async () => {
      await fc.assert(
        fc.asyncProperty(invalidStream, cuts, async ({ frames, code }, at) => {
          const [ours, theirs] = await both(frames, undefined, at);
          expect(ours.code).toBe(code);
          expectAgreement(ours, theirs, peer, { isWhole: false });
        }),
        { numRuns: 60, interruptAfterTimeLimit: 15_000 },
      );
    });
  });
}

interface Compared {
  /** Whether the stream consists of whole messages, so that both see the same. */
  readonly isWhole: boolean;
  readonly name?: string;
}

/**
 * At a fault, or a close frame in the middle, each gives up, and what came just before it may be lost: the gateway drops
 * what the console has not taken, and a peer drops messages that are not complete.
 */
function expectAgreement(ours: Observation, theirs: Observation, peer: Peer, { isWhole, name }: Compared): void {
  // gorilla takes half a code in a close frame for none.
  const faults = peer.saysFault ? [ours.code] : [1005, 1006, ...FAULTS];
  expect(FAULTS.includes(ours.code) ? faults : [ours.code], name).toContain(theirs.code);
  const bytes = isWhole ? ours.data.length : Math.min(ours.data.length, theirs.data.length);
  expect(ours.data.subarray(0, bytes).equals(isWhole ? theirs.data : theirs.data.subarray(0, bytes)), name).toBe(true);
  const pongs = isWhole ? ours.pongs.length : Math.min(ours.pongs.length, theirs.pongs.length);
  expect(ours.pongs.slice(0, pongs), name).toEqual(isWhole ? theirs.pongs : theirs.pongs.slice(0, pongs));
}
