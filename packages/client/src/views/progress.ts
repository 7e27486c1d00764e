/** How far a paste or a typed text is. */
export interface PasteProgress {
  /** Characters that were sent. */
  readonly sent: number;
  /** All characters of the text. */
  readonly total: number;
  /** False once it is over. `sent` is less than `total` then if it was stopped. */
  readonly running: boolean;
}

/** How a text is pasted or typed. */
export interface PasteOptions {
  /** Stops it when aborted. */
  readonly signal?: AbortSignal;
  /** Called at the beginning, after each piece and at the end. */
  readonly onProgress?: (progress: PasteProgress) => void;
}
