/** What is wrong with a console link. The words for each are in `words/link-problems.ts`. */
export type LinkProblemKind =
  | "type_unknown"
  | "token_malformed"
  | "token_ambiguous"
  | "host_elsewhere"
  | "port_elsewhere"
  | "encrypt_mismatch"
  | "path_elsewhere"
  | "renew_elsewhere"
  | "flag_unknown"
  | "scale_unknown";

/** Thrown while a link is read; {@link parseLocation} returns it as a value. */
export class LinkProblem extends Error {
  override readonly name = "LinkProblem";
  readonly kind: LinkProblemKind;
  /** The parameter at fault. */
  readonly parameter: string;
  /** Its value, shortened for display; absent for tokens, which are never shown. */
  readonly value: string | undefined;

  constructor(kind: LinkProblemKind, parameter: string, value?: string) {
    super(`console link: ${parameter}: ${kind}`);
    this.kind = kind;
    this.parameter = parameter;
    this.value = value === undefined ? undefined : shorten(value);
  }
}

const longest = 60;

function shorten(value: string): string {
  return value.length > longest ? `${value.slice(0, longest)}…` : value;
}
