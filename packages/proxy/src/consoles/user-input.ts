/** Finds the user's input among what a client sends to the console, for `sessions.idle_timeout`. */
export interface UserInput {
  /** Takes the next piece of the client's stream, and says whether the user did something in it. */
  take(bytes: Uint8Array): boolean;
}
