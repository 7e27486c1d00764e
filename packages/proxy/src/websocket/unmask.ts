import { createRequire } from "node:module";

/** The only function of `bufferutil` in use; the package has no types. */
interface NativeUnmask {
  unmask(buffer: Buffer, mask: Buffer): void;
}

const native = loadNative();
const maskBytes = Buffer.alloc(4);

/** Below this many bytes a call into native code costs more than the loop. */
const NATIVE_FROM_BYTES = 48;

/**
 * Removes a client's mask (RFC 6455, section 5.3) from `buffer` between `start` and `end`, in place.
 *
 * @param mask - the four bytes as a big-endian number; the first applies to `start`.
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

/** The mask for what follows the next `bytes` bytes. */
export function rotateMask(mask: number, bytes: number): number {
  const shift = (bytes & 3) * 8;
  return shift === 0 ? mask : (mask << shift) | (mask >>> (32 - shift));
}

/** An optional dependency, built for the common platforms; elsewhere the loop is used. */
function loadNative(): NativeUnmask | undefined {
  try {
    return createRequire(import.meta.url)("bufferutil") as NativeUnmask;
  } catch {
    return undefined;
  }
}
