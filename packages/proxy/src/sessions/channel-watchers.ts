import type { UserInput } from "../consoles/user-input.ts";
import type { Tap } from "../relay/tap.ts";

/** What watches the bytes of a channel. */
export interface ChannelWatchers {
  /** Undefined where the user's activity does not matter. */
  readonly userInput: UserInput | undefined;
  /** Makes the taps, once the channel is sure to use them. */
  readonly createTaps: () => readonly Tap[];
  /** Called when the target's handshake begins, if it has one. */
  readonly watchHandshake: (() => void) | undefined;
}
