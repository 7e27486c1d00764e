/** The whole frames at the start of a client's stream, unmasked. For frames that a library has sent. */
export function parseClientFrames(stream: Buffer): readonly { readonly opcode: number; readonly payload: Buffer }[] {
  const frames: { opcode: number; payload: Buffer }[] = [];
  for (let rest = stream; ;) {
    const short = (rest[1] ?? 0) & 0x7f;
    const mask = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (rest.length < mask + 4) return frames;
    const length = short === 126 ? rest.readUInt16BE(2) : short === 127 ? rest.readUIntBE(4, 6) : short;
    if (rest.length < mask + 4 + length) return frames;
    const masked = rest.subarray(mask + 4, mask + 4 + length);
    const payload = masked.map((byte, index) => byte ^ (rest[mask + (index % 4)] ?? 0));
    frames.push({ opcode: (rest[0] ?? 0) & 0x0f, payload: Buffer.from(payload) });
    rest = rest.subarray(mask + 4 + length);
  }
}
