/** The names of the placeholders in a text. */
export type PlaceholderOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholderOf<Rest>
  : never;

/**
 * Replaces the placeholders in a text: `format("Attempt {attempt}", { attempt: 2 })`. Numbers are
 * not localized; format durations with {@link timeLeft}.
 */
export function format<Text extends string>(
  text: Text,
  values: Readonly<Record<PlaceholderOf<Text>, string | number>>,
): string {
  const known: Readonly<Record<string, string | number>> = values;
  return text.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => String(known[name] ?? placeholder));
}
