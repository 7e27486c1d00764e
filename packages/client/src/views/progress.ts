/** How far a paste or a typed text is. */
export interface PasteProgress {
  /** Characters that were sent. */
  readonly sent: number;
  /** All characters of the text. */
  readonly total: number;
  /** False once it is over. `sent` is less than `total` then if it was stopped. */
  readonly running: boolean;
}
