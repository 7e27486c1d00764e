/**
 * Client-to-server messages (RFC 6143, section 7.5, and the RFB community specification; the lengths of UltraVNC's and
 * TightVNC's are those of LibVNCServer's `rfbproto.h`).
 */
export const ClientMessageType = {
  setPixelFormat: 0,
  fixColourMapEntries: 1,
  setEncodings: 2,
  framebufferUpdateRequest: 3,
  keyEvent: 4,
  pointerEvent: 5,
  clientCutText: 6,
  fileTransfer: 7,
  setScale: 8,
  setServerInput: 9,
  setSingleWindow: 10,
  textChat: 11,
  keepAlive: 13,
  setScaleFactor: 15,
  vmware: 127,
  fileList: 130,
  fileDownload: 131,
  fileUpload: 132,
  fileUploadData: 133,
  fileDownloadCancel: 134,
  fileUploadFailed: 135,
  fileCreateFolder: 136,
  enableContinuousUpdates: 150,
  clientFence: 248,
  xvp: 250,
  setDesktopSize: 251,
  gii: 253,
  qemu: 255,
} as const;

const QEMU_EXTENDED_KEY = 0;
const QEMU_AUDIO = 1;
/** Lengths of QEMU's audio messages: enable, disable, and set the sample format. */
const QEMU_AUDIO_BYTES: readonly number[] = [4, 4, 10];

/** Bit of a PointerEvent's button mask: a byte with more buttons follows. */
const MORE_BUTTONS = 0x80;

/** How many bytes suffice to know the length of any message and whether it is input. */
export const MAX_HEADER_BYTES = 12;

/** Actions of an extended ClientCutText that mean that the user copied something; the viewer sends others by itself. */
const CLIPBOARD_NOTIFY = 0x08;
const CLIPBOARD_PROVIDE = 0x10;

/** Of the extensions of other viewers, what the user causes. */
const EXTENSION_INPUT: ReadonlySet<number> = new Set([
  ClientMessageType.fileTransfer,
  ClientMessageType.setServerInput,
  ClientMessageType.textChat,
  ClientMessageType.gii,
  ClientMessageType.vmware,
  ClientMessageType.fileList,
  ClientMessageType.fileDownload,
  ClientMessageType.fileUpload,
  ClientMessageType.fileUploadData,
  ClientMessageType.fileDownloadCancel,
  ClientMessageType.fileUploadFailed,
  ClientMessageType.fileCreateFolder,
]);

/** The start of a message does not tell its length yet; its type is not a known one. */
export const MORE_NEEDED = 0;
export const UNKNOWN = -1;

/**
 * The length of a message.
 *
 * @param header - the start of the message; `have` bytes of it have arrived.
 * @param extendedButtons - whether the client has announced the pseudo-encoding ExtendedMouseButtons.
 * @returns bytes from the type to the end, {@link MORE_NEEDED}, or {@link UNKNOWN}.
 */
export function messageBytes(header: Uint8Array, have: number, extendedButtons: boolean): number {
  switch (header[0] ?? 0) {
    case ClientMessageType.setPixelFormat:
      return 20;
    case ClientMessageType.setEncodings:
      return have < 4 ? MORE_NEEDED : 4 + 4 * uint16(header, 2);
    case ClientMessageType.framebufferUpdateRequest:
      return 10;
    case ClientMessageType.keyEvent:
      return 8;
    case ClientMessageType.pointerEvent:
      if (have < 2) return MORE_NEEDED;
      return extendedButtons && ((header[1] ?? 0) & MORE_BUTTONS) !== 0 ? 7 : 6;
    case ClientMessageType.clientCutText:
      return cutTextBytes(header, have);
    case ClientMessageType.enableContinuousUpdates:
      return 10;
    case ClientMessageType.clientFence:
      return have < 9 ? MORE_NEEDED : 9 + (header[8] ?? 0);
    case ClientMessageType.xvp:
      return 4;
    case ClientMessageType.setDesktopSize:
      return have < 8 ? MORE_NEEDED : 8 + 16 * (header[6] ?? 0);
    case ClientMessageType.qemu:
      return have < 4 ? MORE_NEEDED : qemuBytes(header);
    default:
      return extensionBytes(header, have);
  }
}

/** As {@link messageBytes}, for the extensions of other viewers than browsers. */
function extensionBytes(header: Uint8Array, have: number): number {
  switch (header[0] ?? 0) {
    case ClientMessageType.fixColourMapEntries:
      return have < 6 ? MORE_NEEDED : 6 + 6 * uint16(header, 4);
    case ClientMessageType.fileTransfer:
      return have < 12 ? MORE_NEEDED : 12 + uint32(header, 8);
    case ClientMessageType.setScale:
    case ClientMessageType.setServerInput:
    case ClientMessageType.setScaleFactor:
      return 4;
    case ClientMessageType.setSingleWindow:
      return 6;
    case ClientMessageType.textChat:
      return have < 8 ? MORE_NEEDED : textChatBytes(uint32(header, 4));
    case ClientMessageType.keepAlive:
      return 1;
    case ClientMessageType.gii:
      return have < 4 ? MORE_NEEDED : 4 + giiBytes(header);
    case ClientMessageType.vmware:
      if (have < 4) return MORE_NEEDED;
      return uint16(header, 2) < 4 ? UNKNOWN : uint16(header, 2);
    default:
      return fileBytes(header, have);
  }
}

/** As {@link messageBytes}, for TightVNC's transfer of files. */
function fileBytes(header: Uint8Array, have: number): number {
  switch (header[0] ?? 0) {
    case ClientMessageType.fileList:
    case ClientMessageType.fileDownloadCancel:
    case ClientMessageType.fileUploadFailed:
    case ClientMessageType.fileCreateFolder:
      return have < 4 ? MORE_NEEDED : 4 + uint16(header, 2);
    case ClientMessageType.fileDownload:
    case ClientMessageType.fileUpload:
      return have < 4 ? MORE_NEEDED : 8 + uint16(header, 2);
    case ClientMessageType.fileUploadData:
      if (have < 6) return MORE_NEEDED;
      // The last piece, which is empty, has the time of the file.
      return 6 + (uint16(header, 2) === 0 && uint16(header, 4) === 0 ? 4 : uint16(header, 4));
    default:
      return UNKNOWN;
  }
}

/** Whether a message is the user's input. Its length has to be known. */
export function isUserInput(header: Uint8Array): boolean {
  switch (header[0] ?? 0) {
    case ClientMessageType.keyEvent:
    case ClientMessageType.pointerEvent:
    case ClientMessageType.xvp:
      return true;
    case ClientMessageType.clientCutText: {
      const extended = int32(header, 4) < 0;
      return !extended || ((header[8] ?? 0) & (CLIPBOARD_NOTIFY | CLIPBOARD_PROVIDE)) !== 0;
    }
    case ClientMessageType.qemu:
      return header[1] === QEMU_EXTENDED_KEY;
    default:
      return EXTENSION_INPUT.has(header[0] ?? 0);
  }
}

/** A negative length means the extended clipboard, which begins with 4 bytes of flags. */
function cutTextBytes(header: Uint8Array, have: number): number {
  if (have < 8) return MORE_NEEDED;
  const length = int32(header, 4);
  if (length >= 0) return 8 + length;
  if (length > -4) return UNKNOWN;
  return have < 12 ? MORE_NEEDED : 8 - length;
}

function qemuBytes(header: Uint8Array): number {
  if (header[1] === QEMU_EXTENDED_KEY) return 12;
  if (header[1] !== QEMU_AUDIO || header[2] !== 0) return UNKNOWN;
  return QEMU_AUDIO_BYTES[header[3] ?? 0] ?? UNKNOWN;
}

/** Opening, closing and finishing have numbers instead of a length. */
function textChatBytes(length: number): number {
  return length >= 0xff_ff_ff_fd ? 8 : 8 + length;
}

/** The first bit of the second byte tells the order of the others. */
function giiBytes(header: Uint8Array): number {
  const isBigEndian = ((header[1] ?? 0) & 0x80) !== 0;
  return isBigEndian ? uint16(header, 2) : (header[2] ?? 0) | ((header[3] ?? 0) << 8);
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function uint32(bytes: Uint8Array, at: number): number {
  return int32(bytes, at) >>> 0;
}

/** A signed big-endian 32-bit integer. */
export function int32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}
