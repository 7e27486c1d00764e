import type { LinkProblem, LinkProblemKind } from "../link/problem.ts";

/** What the page says about a link that it does not follow. */
const sentences: Readonly<Record<LinkProblemKind, (shown: string, parameter: string) => string>> = {
  type_unknown: (shown) => `It asks for a console of type ${shown}. This page shows “vnc” and “serial”.`,
  token_malformed: () => "Its token is empty, too long, or has characters that do not belong in a token.",
  token_ambiguous: () => "It carries two different tokens, and the page cannot know which one is meant.",
  host_elsewhere: (shown) => `It points to the host ${shown}. This page connects only to the host it came from.`,
  port_elsewhere: (shown) => `It points to port ${shown}. This page connects only to the port it came from.`,
  encrypt_mismatch: (shown) => `It says encrypt=${shown}, which does not fit the way this page was loaded.`,
  path_elsewhere: (shown) =>
    `Its path ${shown} leads to another host. This page connects only to the host it came from.`,
  renew_elsewhere: (shown) =>
    `It wants to renew at ${shown}, which is neither a path on this host nor on an origin that the operator allowed.`,
  flag_unknown: (shown, parameter) => `Its ${parameter} is ${shown}. Expected 1, true, 0 or false.`,
  scale_unknown: (shown, parameter) =>
    parameter === "resize"
      ? `Its resize is ${shown}. Expected scale, remote or off.`
      : `Its scale is ${shown}. Expected fit, none or remote.`,
};

/** One sentence about `problem`, with the value at fault. */
export function linkProblemSentence(problem: LinkProblem): string {
  return sentences[problem.kind](`“${problem.value ?? ""}”`, problem.parameter);
}
