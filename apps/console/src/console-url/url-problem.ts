/** What is wrong with a console URL. Their texts are in `locales/`. */
export type UrlProblemKind =
  | "type_unknown"
  | "token_malformed"
  | "token_ambiguous"
  | "host_elsewhere"
  | "port_elsewhere"
  | "encrypt_mismatch"
  | "path_elsewhere"
  | "renew_elsewhere"
  | "flag_unknown"
  | "value_unknown";

/** Thrown while a URL is parsed; {@link parseConsoleUrl} returns it as a value. */
export class UrlProblem extends Error {
  override readonly name = "UrlProblem";
  readonly kind: UrlProblemKind;
  /** The invalid parameter. */
  readonly parameter: string;
  /** Its value, shortened for display; absent for tokens, which are never shown. */
  readonly value: string | undefined;
  /** The valid values, where they are few. */
  readonly expected: readonly string[];

  constructor(kind: UrlProblemKind, parameter: string, value?: string, expected: readonly string[] = []) {
    super(`console URL: ${parameter}: ${kind}`);
    this.kind = kind;
    this.parameter = parameter;
    this.value = value === undefined ? undefined : shorten(value);
    this.expected = expected;
  }
}

/** In characters. */
const LONGEST_SHOWN = 60;

function shorten(value: string): string {
  return value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value;
}
