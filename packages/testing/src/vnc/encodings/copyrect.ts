import type { Framebuffer, Rect } from "../test-pattern.ts";

/** CopyRect (RFC 6143, section 7.7.2): where in its own framebuffer the client copies the rectangle from. */
export function encodeCopyRect(source: { readonly x: number; readonly y: number }): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(source.x, 0);
  bytes.writeUInt16BE(source.y, 2);
  return bytes;
}

/** Does in a framebuffer what the client does: reads the whole source before it writes. */
export function copyRect(
  { data, width: stride }: Framebuffer,
  source: { readonly x: number; readonly y: number },
  target: Rect,
): void {
  const row = (x: number, y: number): number => 4 * (y * stride + x);
  const rows = Array.from({ length: target.height }, (_, y) =>
    data.slice(row(source.x, source.y + y), row(source.x + target.width, source.y + y)),
  );
  for (const [y, bytes] of rows.entries()) data.set(bytes, row(target.x, target.y + y));
}
