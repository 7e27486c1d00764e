import { expect, test } from "vitest";
import type { Outcome } from "../run/outcome.ts";
import { SCENARIOS } from "../scenarios/index.ts";
import { SUBJECTS } from "../subjects/index.ts";
import { CLAIMS } from "./claims.ts";
import { Samples } from "./samples.ts";
import { type Claim, decide, parseReads, type Verdict } from "./verdict.ts";

function decided(claim: Partial<Claim>, outcomes: readonly Partial<Outcome>[], quick = false): Verdict {
  const samples = new Samples({
    quick,
    outcomes: outcomes.map((one) => ({
      scenario: "m",
      subject: "curfew",
      round: 1,
      values: {},
      disturbed: false,
      ...one,
    })),
  });
  return decide({ about: "", text: "", reads: "m.cpu", unit: "", ...claim }, samples);
}

const sample = (subject: string, cpu: number, round = 1): Partial<Outcome> => ({ subject, round, values: { cpu } });

test("the median decides, and a bound is inclusive", () => {
  const three = [sample("curfew", 1, 1), sample("curfew", 3, 2), sample("curfew", 99, 3)];
  expect(decided({ atMost: 3 }, three)).toEqual({ value: 3, status: "met" });
  expect(decided({ atMost: 2.9 }, three)).toEqual({ value: 3, status: "not met" });
  expect(decided({ atLeast: 3 }, three).status).toBe("met");
  expect(decided({ atLeast: 3.1 }, three).status).toBe("not met");
});

test("another subject counts only with samples of the same round", () => {
  const samples = [sample("curfew", 2, 1), sample("copy", 1, 1), sample("curfew", 8, 2), sample("copy", 1000, 3)];
  const versus = (how: "ratio" | "inverse" | "difference"): number =>
    decided({ versus: { how, subject: "copy" } }, samples).value;
  expect([versus("ratio"), versus("inverse"), versus("difference")]).toEqual([2, 0.5, 1]);
});

test("the cheapest of the others is neither the gateway nor the exception", () => {
  const samples = [sample("curfew", 3), sample("copy", 1), sample("a", 6), sample("b", 5)];
  expect(decided({ versus: { how: "cheapest", except: "copy" } }, samples).value).toBe(0.6);
});

test("an error of the gateway fails, even if another round went well", () => {
  const wrong = { subject: "curfew", round: 2, error: "a session ended early" };
  expect(decided({ atMost: 5 }, [sample("curfew", 1), wrong]).status).toBe("fails");
});

test("without samples, without those of the other subject, or with disturbed ones only, a claim is not measured", () => {
  const disturbed = { ...sample("curfew", 1), disturbed: true };
  expect(decided({ atMost: 5 }, []).status).toBe("not measured");
  expect(decided({ versus: { how: "ratio", subject: "copy" } }, [sample("curfew", 1)]).status).toBe("not measured");
  expect(decided({ versus: { how: "cheapest", except: "" } }, [sample("curfew", 1)]).status).toBe("not measured");
  expect(decided({ atMost: 5 }, [disturbed]).status).toBe("not measured");
  expect(decided({ atMost: 5 }, [disturbed], true).status).toBe("met");
});

test("a note on the gateway's sample is part of the verdict", () => {
  const noted = { ...sample("curfew", 1), note: "9 sessions instead of 10" };
  expect(decided({ atMost: 5 }, [noted, { ...sample("copy", 1), note: "other" }]).note).toBe(
    "9 sessions instead of 10",
  );
});

test.each(CLAIMS)("$about, $text, reads a figure of the gateway that exists, and has a bound", (claim) => {
  const [id, figure] = parseReads(claim.reads);
  const scenario = SCENARIOS.find((one) => one.id === id);
  expect(scenario?.figures.map((one) => one.id)).toContain(figure);
  expect(scenario?.appliesTo?.("curfew") ?? true).toBe(true);
  expect(claim.atMost ?? claim.atLeast).toBeTypeOf("number");
  const { versus } = claim;
  const other = versus?.how === "cheapest" ? versus.except : (versus?.subject ?? "curfew");
  expect(SUBJECTS.map(({ name }) => name)).toContain(other);
});
