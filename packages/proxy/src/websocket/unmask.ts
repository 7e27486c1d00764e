import { createRequire } from "node:module";

/** The one function of `bufferutil` that is used; it has no types of its own. */
interface NativeUnmask {
  unmask(buffer: Buffer, mask: Buffer): void;
}

const native = loadNative();
const maskBytes = Buffer.alloc(4);

/** Below this many bytes a call into native code costs more than the loop. */
const NATIVE_FROM_BYTES = 48;

/**
 * Takes a client's mask (RFC 6455, section 5.3) off `buffer` from `start` to `end`, in place.
 *
 * @param mask - the four bytes as a big-endian number, beginning with the one for `start`.
 */
export function unmask(buffer: Buffer, start: number, end: number, mask: number): void {
  if (native !== undefined && end - start >= NATIVE_FROM_BYTES) {
    maskBytes.writeInt32BE(mask, 0);
    native.unmask(buffer.subarray(start, end), maskBytes);
    return;
  }
  for (let at = start, shift = 24; at < end; at++, shift = (shift - 8) & 31) {
    buffer[at] = (buffer[at] ?? 0) ^ ((mask >>> shift) & 0xff);
  }
}

/** The mask as the bytes after the next `bytes` ones need it. */
export function rotateMask(mask: number, bytes: number): number {
  const shift = (bytes & 3) * 8;
  return shift === 0 ? mask : (mask << shift) | (mask >>> (32 - shift));
}

/** An optional dependency: it ships built for the usual platforms, and elsewhere the loop does. */
function loadNative(): NativeUnmask | undefined {
  try {
    return createRequire(import.meta.url)("bufferutil") as NativeUnmask;
  } catch {
    return undefined;
  }
}
