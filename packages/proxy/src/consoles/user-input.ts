/** Finds the user's input among what a client sends to the console, for `sessions.idle_timeout`. */
export interface UserInput {
  /** Takes the next piece of the client's stream, and says whether the user did something in it. */
  take(bytes: Uint8Array): boolean;
}

/** For consoles that carry nothing but input: every byte is. */
export const EVERY_BYTE: UserInput = { take: (bytes) => bytes.length > 0 };
