import { clientFrame, type FrameOptions } from "../support/client-frames.ts";

/** A frame of a stream, valid or not, whichever side sends it. */
export interface Frame extends Omit<FrameOptions, "masked"> {
  readonly opcode: number;
  readonly payload: Buffer;
  /** Whether it is masked although its side must not, or the other way round. @defaultValue false */
  readonly wrongMask?: boolean;
}

/** The bytes that a side sends. Only clients mask (RFC 6455, section 5.1). */
export function encodeFrames(frames: readonly Frame[], side: "client" | "server"): Buffer {
  return Buffer.concat(
    frames.map(({ opcode, payload, wrongMask = false, ...options }) =>
      clientFrame(opcode, payload, { ...options, masked: (side === "client") !== wrongMask }),
    ),
  );
}

/** What a peer made of a stream. */
export interface Observation {
  /** Payloads of all data messages, one after the other. */
  readonly data: Buffer;
  /** Payloads of the answers to pings. */
  readonly pongs: readonly string[];
  /** Code of the peer's close frame; 1005 without a code, 1006 without a close frame. */
  readonly code: number;
}

/** An implementation of RFC 6455. */
export interface Peer extends AsyncDisposable {
  readonly name: string;
  /** The side that the peer is; the stream comes from the other one. */
  readonly side: "client" | "server";
  /** Whether its close frame says which rule was broken. Otherwise it says only that one was. */
  readonly saysFault: boolean;
  /**
   * Sends the stream to the peer, and then, once it has seen `expected`, a close frame with 1000; without `expected` the
   * peer has to close by itself.
   *
   * @param cuts - where to cut the stream into writes.
   */
  observe(frames: readonly Frame[], expected?: Expected, cuts?: readonly number[]): Promise<Observation>;
}

/** How much a peer sees of a valid stream. */
export interface Expected {
  readonly bytes: number;
  readonly pongs: number;
}

/** The stream's pieces. */
export function cut(stream: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [...new Set(cuts.map((each) => each % (stream.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((start, index) => stream.subarray(start, at[index] ?? stream.length));
}
