/** A command cannot do what it was asked; the message says why, and the exit status is 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
