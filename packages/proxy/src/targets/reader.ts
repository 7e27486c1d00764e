import type { Duplex } from "node:stream";

/** Memory of the reader's own that a socket reads into (Node's `onread`): no allocation and no copy per read. */
export interface ReadMemory {
  /** The memory for the next read; asked for once the socket is made, and after each {@link callback}. */
  readonly buffer: () => Buffer;
  /**
   * `length` bytes were read into `memory`, which {@link buffer} gave.
   *
   * @returns false to stop reading until the socket is resumed.
   */
  readonly callback: (length: number, memory: Uint8Array) => boolean;
}

/** Receives what is read from a target. */
export interface TargetReader {
  /** The fast path, for plain sockets; it has to be given to the socket when it is made. */
  readonly onread: ReadMemory;
  /**
   * Takes a chunk of a connection that reads into memory of its own, such as TLS.
   *
   * @returns false to stop reading until the connection is resumed.
   */
  take(chunk: Buffer): boolean;
}

/** Reads a connection without `onread`: chunk by chunk, and no further while the reader is behind. Starts paused. */
export function readChunks(connection: Duplex, reader: Pick<TargetReader, "take">): void {
  connection.pause().on("data", (chunk: Buffer) => {
    if (!reader.take(chunk)) connection.pause();
  });
}
