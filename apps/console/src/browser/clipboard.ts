/** Copies text to the user's clipboard. Returns false where the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** The text in the user's clipboard. Undefined where the browser does not allow reading it. */
export async function readClipboard(): Promise<string | undefined> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    // Refused by the user or the browser, or not a secure context.
    return undefined;
  }
}
