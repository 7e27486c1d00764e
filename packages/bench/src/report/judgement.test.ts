import { expect, test } from "vitest";
import { measures } from "../measures/all.ts";
import { peers } from "../peers/all.ts";
import { claims } from "./claims.ts";
import { type Claim, judge, type Judgement, parseReads } from "./judgement.ts";
import type { Outcome } from "./result.ts";
import { Samples } from "./samples.ts";

function judged(claim: Partial<Claim>, outcomes: readonly Partial<Outcome>[], quick = false): Judgement {
  const samples = new Samples({
    quick,
    outcomes: outcomes.map((one) => ({
      measure: "m",
      peer: "curfew",
      round: 1,
      values: {},
      disturbed: false,
      ...one,
    })),
  });
  return judge({ about: "", text: "", reads: "m.cpu", unit: "", ...claim }, samples);
}

const sample = (peer: string, cpu: number, round = 1): Partial<Outcome> => ({ peer, round, values: { cpu } });

test("the median decides, and a bound may be reached", () => {
  const three = [sample("curfew", 1, 1), sample("curfew", 3, 2), sample("curfew", 99, 3)];
  expect(judged({ atMost: 3 }, three)).toEqual({ value: 3, verdict: "met" });
  expect(judged({ atMost: 2.9 }, three)).toEqual({ value: 3, verdict: "not met" });
  expect(judged({ atLeast: 3 }, three).verdict).toBe("met");
  expect(judged({ atLeast: 3.1 }, three).verdict).toBe("not met");
});

test("another proxy counts only with its samples of the same round", () => {
  const samples = [sample("curfew", 2, 1), sample("copy", 1, 1), sample("curfew", 8, 2), sample("copy", 1000, 3)];
  const versus = (how: "ratio" | "inverse" | "difference"): number =>
    judged({ versus: { how, peer: "copy" } }, samples).value;
  expect([versus("ratio"), versus("inverse"), versus("difference")]).toEqual([2, 0.5, 1]);
});

test("the cheapest of the others is neither the gateway nor who is excepted", () => {
  const samples = [sample("curfew", 3), sample("copy", 1), sample("a", 6), sample("b", 5)];
  expect(judged({ versus: { how: "cheapest", except: "copy" } }, samples).value).toBe(0.6);
});

test("what the gateway did wrong fails, even if another round went well", () => {
  const wrong = { peer: "curfew", round: 2, error: "a session ended early" };
  expect(judged({ atMost: 5 }, [sample("curfew", 1), wrong]).verdict).toBe("fails");
});

test("without samples nothing is decided: none, none of the other proxy, or only disturbed ones", () => {
  const disturbed = { ...sample("curfew", 1), disturbed: true };
  expect(judged({ atMost: 5 }, []).verdict).toBe("not measured");
  expect(judged({ versus: { how: "ratio", peer: "copy" } }, [sample("curfew", 1)]).verdict).toBe("not measured");
  expect(judged({ versus: { how: "cheapest", except: "" } }, [sample("curfew", 1)]).verdict).toBe("not measured");
  expect(judged({ atMost: 5 }, [disturbed]).verdict).toBe("not measured");
  expect(judged({ atMost: 5 }, [disturbed], true).verdict).toBe("met");
});

test("a note on the gateway's sample goes with the verdict", () => {
  const noted = { ...sample("curfew", 1), note: "9 sessions instead of 10" };
  expect(judged({ atMost: 5 }, [noted, { ...sample("copy", 1), note: "other" }]).note).toBe("9 sessions instead of 10");
});

test.each(claims)("$about, $text, reads a figure of the gateway that exists, and has a bound", (claim) => {
  const [id, figure] = parseReads(claim.reads);
  const measure = measures.find((one) => one.id === id);
  expect(measure?.figures.map((one) => one.id)).toContain(figure);
  expect(measure?.suits?.("curfew") ?? true).toBe(true);
  expect(claim.atMost ?? claim.atLeast).toBeTypeOf("number");
  const { versus } = claim;
  const other = versus?.how === "cheapest" ? versus.except : (versus?.peer ?? "curfew");
  expect(peers.map(({ name }) => name)).toContain(other);
});
