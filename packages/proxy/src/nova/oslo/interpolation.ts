/**
 * Python's `string.Template` as oslo.config uses it, where names may have dots. An `$` that begins no name stays.
 * Python's letters without regard to case include U+0130, U+0131, U+017F and U+212A.
 */
const REFERENCE =
  /\$(?:(?<escaped>\$)|(?<named>[_a-z\u0130\u0131\u017F\u212A][._a-z0-9\u0130\u0131\u017F\u212A]*)|\{(?<braced>[_a-z\u0130\u0131\u017F\u212A][._a-z0-9\u0130\u0131\u017F\u212A]*)\})/gi;

/**
 * Replaces `$option`, `${option}` and `${group.option}`. `$$` and `\$` stand for `$`.
 *
 * @param valueOf - the text of an option.
 */
export function interpolate(text: string, valueOf: (reference: string) => string): string {
  return text.replaceAll("\\$", "$$$$").replace(REFERENCE, (...found) => {
    const { escaped, named, braced } = found.at(-1) as Readonly<Record<string, string | undefined>>;
    if (escaped !== undefined) return "$";
    return valueOf(named ?? braced ?? "");
  });
}
