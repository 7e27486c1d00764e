/**
 * Characters that a terminal interprets or that reorder text: control characters of ASCII and of C1, such as U+009B, which
 * starts a sequence as ESC [ does; line separators; invisible formatting characters, such as bidirectional marks; and lone
 * surrogates. Joiners are not among them: names in several scripts and emoji need them.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text without any of these, for the quick answer to most. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Replaces characters with which text could control a terminal or forge lines by their escapes, such as `\u001b`. In JSON
 * the result stands for the same text.
 */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replaceAll(UNSAFE, escape);
}

function escape(character: string): string {
  let escaped = "";
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
