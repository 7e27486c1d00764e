/** Why a client is not read for now; each is a bit, set and released by one feature alone. */
export const PauseReason = {
  /** There is no target to write to yet. */
  noTarget: 1,
  /** Control messages came before `hello`, and wait for it. */
  beforeHello: 2,
  /** The target has not taken what came before, which is still in the buffer. */
  targetBehind: 4,
  /** The client does not read the answers that it asks for. */
  answersUnread: 8,
  /** Other sessions have their turn. */
  turn: 16,
  /** The closing handshake is taking too much. */
  closing: 32,
  /** A tap is behind. */
  tapBehind: 64,
} as const;

/** While one of these holds, a little is still read and kept, so that a client that leaves is noticed. */
export const KEEPING: number = PauseReason.noTarget | PauseReason.beforeHello;
