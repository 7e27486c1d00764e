/**
 * Whether a key event is Ctrl + Shift + C, which copies in terminals and opens the developer tools in
 * browsers. On a Mac, Command + C copies by itself.
 */
export function copiesSelection(event: KeyboardEvent): boolean {
  return event.code === "KeyC" && event.ctrlKey && event.shiftKey && !event.altKey && !event.metaKey;
}
