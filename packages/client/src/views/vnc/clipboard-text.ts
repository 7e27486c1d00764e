import type RFB from "@novnc/novnc";

/** Bits of the Extended Clipboard pseudo-encoding. */
const FORMAT_TEXT = 1;
const ACTION_NOTIFY = 1 << 27;

/** Whether the server takes all of Unicode (Extended Clipboard pseudo-encoding). Otherwise RFB's clipboard is Latin-1. */
export function hasUnicodeClipboard(rfb: RFB): boolean {
  const { _clipboardServerCapabilitiesFormats: formats, _clipboardServerCapabilitiesActions: actions } = rfb;
  return formats?.[FORMAT_TEXT] === true && actions?.[ACTION_NOTIFY] === true;
}

/** The characters of a text that Latin-1 lacks, each once. noVNC would send question marks for them. */
export function charactersOutsideLatin1(text: string): string {
  return [...new Set(text)].filter((character) => character > "\u00FF").join("");
}

/** What a server meant that sent its clipboard as Latin-1: some send UTF-8 instead. */
export function decodeClipboard(text: string): string {
  if (!/[\u0080-\u00FF]/.test(text) || charactersOutsideLatin1(text) !== "") return text;
  try {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return text;
  }
}
