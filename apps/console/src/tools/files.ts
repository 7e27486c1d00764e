/** Hands a file to the browser's downloads. */
export function download(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has its own hold on the content once it started.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}

/** `web-03 2026-03-01 14.03.22.png`: a name that every file system takes and that sorts by time. */
export function fileName(machine: string, at: Date, extension: string): string {
  const safe = machine.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[.-]+|-+$/g, "") || "console";
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${safe} ${day} ${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}.${extension}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Puts text into the person's clipboard; false where the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** The text in the person's clipboard; null where the browser does not allow reading it. */
export async function readClipboard(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    // Refused, or not there: browsers offer it on https and localhost only.
    return null;
  }
}
