import { fill } from "@curfew/client/messages";
import type { LinkProblem } from "../link/problem.ts";
import { words } from "./words.ts";

/** One sentence about `problem`, with the value at fault. */
export function linkProblemSentence({ kind, parameter, value = "" }: LinkProblem): string {
  const expected = parameter === "resize" ? "scale, remote, off" : "fit, none, remote";
  return fill(words().link[kind], { value, parameter, expected });
}
