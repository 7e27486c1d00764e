import { format } from "@curfew/client/messages";
import type { UrlProblem } from "../console-url/url-problem.ts";
import { texts } from "./texts.ts";

/** One sentence about a problem, with the invalid value. */
export function urlProblemSentence({ kind, parameter, value = "", expected }: UrlProblem): string {
  return format(texts().urlProblems[kind], { value, parameter, expected: expected.join(", ") });
}
