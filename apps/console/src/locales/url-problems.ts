import { format } from "@curfew/client/messages";
import type { UrlProblem } from "../console-url/url-problem.ts";
import { texts } from "./texts.ts";

/** One sentence about `problem`, with the invalid value. */
export function urlProblemSentence({ kind, parameter, value = "" }: UrlProblem): string {
  const expected = parameter === "resize" ? "scale, remote, off" : "fit, none, remote";
  return format(texts().urlProblems[kind], { value, parameter, expected });
}
