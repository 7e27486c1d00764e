/** A frame of a server (RFC 6455, section 5.2). */
export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Takes the whole frames at the start of a stream apart. */
export function parseServerFrames(stream: Buffer): { readonly frames: readonly ServerFrame[]; readonly rest: Buffer } {
  const frames: ServerFrame[] = [];
  for (let rest = stream; ;) {
    const short = (rest[1] ?? 0) & 0x7f;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (rest.length < start) return { frames, rest };
    const length = short === 126 ? rest.readUInt16BE(2) : short === 127 ? rest.readUIntBE(4, 6) : short;
    if (rest.length < start + length) return { frames, rest };
    frames.push({ opcode: (rest[0] ?? 0) & 0x0f, payload: rest.subarray(start, start + length) });
    rest = rest.subarray(start + length);
  }
}
