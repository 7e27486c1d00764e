import type { FakeWebSocket } from "@curfew/testing/in-page";

const CHANNELS = { 1: "main", 2: "display", 3: "inputs", 4: "cursor", 5: "playback" } as const;

/** A channel of a fake SPICE machine, by name. */
export type SpiceChannelName = (typeof CHANNELS)[keyof typeof CHANNELS];

/** The color of the screen: red, green, blue. */
export const COLOR: readonly [number, number, number] = [200, 30, 60];
export const SIZE = { width: 64, height: 32 } as const;

const SESSION = 4711;
const KEYS = await crypto.subtle.generateKey(
  { name: "RSA-OAEP", modulusLength: 1024, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-1" },
  true,
  ["encrypt", "decrypt"],
);
const PUBLIC_KEY = [...new Uint8Array(await crypto.subtle.exportKey("spki", KEYS.publicKey))];

const u16 = (...values: number[]): number[] => values.flatMap((value) => [value & 255, (value >> 8) & 255]);
const u32 = (...values: number[]): number[] => values.flatMap((value) => [...u16(value), ...u16(value >>> 16)]);
const magic = [...new TextEncoder().encode("REDQ")];
const message = (type: number, body: readonly number[]): number[] => [...u16(type), ...u32(body.length), ...body];
const read32 = (bytes: readonly number[], at: number): number =>
  new DataView(Uint8Array.from(bytes).buffer).getUint32(at, true);

/** What a fake SPICE machine does differently. */
export interface FakeSpiceOptions {
  /** Answers the link message of a channel with this error (`SPICE_LINK_ERR_*`). */
  readonly linkError?: Partial<Record<SpiceChannelName, number>>;
  /** The only password that is accepted. @defaultValue accepts all */
  readonly password?: string;
  /** Says nothing on this channel. */
  readonly silent?: SpiceChannelName;
  /** Has a shape for the pointer, begins to play sound, and shows a video. */
  readonly media?: boolean;
}

/** A message of an open channel. */
export interface SpiceMessage {
  readonly channel: SpiceChannelName;
  readonly type: number;
  readonly body: readonly number[];
}

/** The SPICE server of a machine whose screen has one color, on the sockets of a page. */
export class FakeSpice {
  readonly sockets = new Map<SpiceChannelName, FakeWebSocket>();
  readonly messages: SpiceMessage[] = [];
  readonly #options: FakeSpiceOptions;

  constructor(options: FakeSpiceOptions = {}) {
    this.#options = options;
  }

  /** Key messages as `[scan code, down]`. */
  get keys(): [number, boolean][] {
    return this.messages
      .filter(({ channel, type }) => channel === "inputs" && (type === 101 || type === 102))
      .map(({ type, body }) => [read32(body, 0), type === 101]);
  }

  /** Positions and motions of the pointer. */
  get pointer(): [number, number][] {
    return this.messages
      .filter(({ channel, type }) => channel === "inputs" && type === 112)
      .map(({ body }) => [read32(body, 0), read32(body, 4)]);
  }

  /** Speaks on one more socket of the page. */
  serve(socket: FakeWebSocket): void {
    let input: number[] = [];
    let channel: SpiceChannelName | undefined;
    let phase: "link" | "ticket" | "messages" = "link";
    const take = (count: number): number[] | undefined => (input.length < count ? undefined : input.splice(0, count));
    const advance = async (): Promise<boolean> => {
      if (phase === "link") {
        if (input.length < 16) return false;
        const link = take(16 + read32(input, 12));
        if (link === undefined) return false;
        channel = CHANNELS[link[20] as keyof typeof CHANNELS];
        this.sockets.set(channel, socket);
        if (channel === this.#options.silent) return false;
        phase = "ticket";
        const error = this.#options.linkError?.[channel] ?? 0;
        socket.deliver([...magic, ...u32(2, 2, 182), ...u32(error), ...PUBLIC_KEY, ...u32(1, 0, 178), ...u32(11)]);
        return error === 0;
      }
      if (phase === "ticket") {
        const ticket = take(4 + 128);
        if (ticket === undefined) return false;
        phase = "messages";
        const accepted = await this.#accepts(ticket.slice(4));
        socket.deliver(u32(accepted ? 0 : 7));
        if (accepted) this.#welcome(channel, socket);
        return accepted;
      }
      const size = input.length < 6 ? Infinity : read32(input, 2);
      const bytes = take(6 + size);
      if (bytes === undefined || channel === undefined) return false;
      this.#received({ channel, type: read32(bytes, 0) & 0xffff, body: bytes.slice(6) }, socket);
      return true;
    };
    let working = Promise.resolve();
    const receive = async (before: Promise<void>, data: Uint8Array): Promise<void> => {
      await before;
      input = [...input, ...data];
      while (await advance());
    };
    socket.onsent = (data) => {
      if (typeof data !== "string") working = receive(working, data);
    };
  }

  /** Shows a screen of another size. */
  resize(width: number, height: number): void {
    const display = this.sockets.get("display");
    display?.deliver(message(315, u32(0)));
    display?.deliver(message(314, u32(0, width, height, 32, 1)));
  }

  async #accepts(ticket: number[]): Promise<boolean> {
    if (this.#options.password === undefined) return true;
    const clear = await crypto.subtle.decrypt("RSA-OAEP", KEYS.privateKey, Uint8Array.from(ticket));
    return new TextDecoder().decode(clear) === `${this.#options.password}\0`;
  }

  #welcome(channel: SpiceChannelName | undefined, socket: FakeWebSocket): void {
    // Session, screens, mouse modes (server and client), the current one (client), no agent, tokens, times.
    if (channel === "main") socket.deliver(message(103, u32(SESSION, 1, 3, 2, 0, 10, 0, 0)));
    if (channel === "inputs") socket.deliver(message(101, u16(0)));
    if (this.#options.media !== true) return;
    // At the origin and visible; a unique number, with alpha, one pixel, its hot spot, and the pixel.
    const pointer = [...u16(0, 0), 1, ...u16(0), ...u32(1, 0), 0, ...u16(1, 1, 0, 0), 255, 255, 255, 255];
    if (channel === "cursor") socket.deliver(message(103, pointer));
    // Two channels of 16 bits, at 48 kHz.
    if (channel === "playback") socket.deliver(message(103, [...u32(2), ...u16(1), ...u32(48_000, 0)]));
  }

  #received(received: SpiceMessage, socket: FakeWebSocket): void {
    this.messages.push(received);
    const { channel, type } = received;
    const { media = false } = this.#options;
    const channels = media ? [2, 3, 4, 5] : [2, 3, 4];
    if (channel === "main" && type === 104) {
      socket.deliver(message(104, [...u32(channels.length), ...channels.flatMap((each) => [each, 0])]));
    }
    if (channel === "display" && type === 101) {
      const { width, height } = SIZE;
      socket.deliver(message(314, u32(0, width, height, 32, 1)));
      const [red, green, blue] = COLOR;
      const color = (red << 16) | (green << 8) | blue;
      const base = [...u32(0, 0, 0, height, width), 0];
      socket.deliver(message(302, [...base, 1, ...u32(color), ...u16(8), 0, ...u32(0, 0, 0)]));
      // VP8, as large as the screen.
      const video = [...u32(0, 0), 0, 2, ...u32(0, 0, width, height, width, height, 0, 0, height, width), 0];
      if (media) socket.deliver(message(122, video));
    }
  }
}
