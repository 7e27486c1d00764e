/** The download keeps its own reference to the content once it has started. */
const REVOKE_AFTER_MS = 10_000;

/** Saves a file with the browser's downloads. */
export function download(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, REVOKE_AFTER_MS);
}

/** A file name that is valid on every file system and sorts by time: `web-03 2026-03-01 14.03.22.png`. */
export function fileName(machine: string, at: Date, extension: string): string {
  const safe = machine.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[.-]+|-+$/g, "") || "console";
  const day = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(".");
  return `${safe} ${day} ${time}.${extension}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
