import type { TextWith } from "../../locales/types.ts";

/** The texts of a toolbar in one language. */
export interface ToolbarTexts {
  /** BCP 47 tag, for `lang` attributes. */
  readonly language: string;
  /** Labels of tools. */
  readonly actions: {
    /** The name of the toolbar itself. */
    readonly toolbar: string;
    readonly ctrlAltDel: TextWith<"keys">;
    readonly keys: string;
    readonly screenshot: string;
    readonly display: string;
    readonly fullScreen: string;
    readonly leaveFullScreen: string;
    readonly disconnect: string;
    readonly more: string;
    readonly viewOnly: string;
    /** The row of keys for touch. */
    readonly screenKeys: string;
    /** The key of that row which opens the device's own keyboard. */
    readonly screenKeyboard: string;
    readonly copy: string;
    readonly paste: string;
    /** A finger moves the pointer by as much as it moves, instead of acting where it touches. */
    readonly trackpad: string;
    readonly setClipboard: string;
    readonly typeClipboard: string;
    readonly copyClipboard: string;
    readonly smaller: string;
    readonly larger: string;
    readonly transcript: string;
    readonly clear: string;
    readonly resetTerminal: string;
    /** Opens the dialog for text. */
    readonly text: string;
    readonly search: string;
    readonly terminalSize: string;
    /** Types the terminal's size into the machine's shell. */
    readonly sendSize: string;
  };
  /** Names of keys as they are written on keyboards. */
  readonly keys: {
    readonly ctrl: string;
    readonly alt: string;
    readonly shift: string;
    readonly super: string;
    readonly tab: string;
    readonly esc: string;
    readonly del: string;
    readonly home: string;
    readonly end: string;
    readonly backspace: string;
    readonly printScreen: string;
    readonly sysRq: string;
    readonly up: string;
    readonly down: string;
    readonly left: string;
    readonly right: string;
    /** Before the name of a modifier: it stays down until it is chosen again. */
    readonly hold: string;
    /** How to leave the console and come back. */
    readonly note: TextWith<"keys">;
  };
  /** How the machine's screen fits into the element. */
  readonly display: {
    readonly fit: string;
    readonly none: string;
    readonly remote: string;
    readonly drag: string;
  };
  /** What came of an action. */
  readonly notices: {
    readonly copied: string;
    readonly copyRefused: string;
    readonly nothingSelected: string;
    readonly clipboardSet: string;
    readonly clipboardLacks: TextWith<"characters">;
    readonly clipboardRefused: string;
    readonly notSent: string;
    readonly screenshotSaved: string;
    readonly noPicture: string;
    readonly transcriptSaved: string;
    readonly noFullScreen: string;
    /** The machine's clipboard is empty or unknown. */
    readonly nothingCopied: string;
    readonly typed: string;
    readonly typingCut: string;
    readonly notOnKeyboard: TextWith<"characters">;
    readonly textSize: TextWith<"size">;
    /** A part of the toolbar that is loaded on demand could not be. */
    readonly partMissing: string;
    readonly pasteCut: string;
  };
  /** The dialog for text, and how far a long text is. */
  readonly text: {
    readonly title: string;
    readonly sentence: string;
    readonly forMachine: string;
    readonly fromMachine: string;
    readonly copy: string;
    readonly read: string;
    readonly set: string;
    readonly type: string;
    readonly send: string;
    /** In place of `sentence`, for machines without a clipboard. */
    readonly typeSentence: string;
    readonly typing: TextWith<"percent">;
    readonly typingStopped: string;
    readonly typeLong: TextWith<"characters">;
    readonly typeLongSentence: TextWith<"time">;
    /** The browser does not allow reading the clipboard. */
    readonly pasteHere: string;
    readonly pasting: TextWith<"percent">;
    readonly pasteStopped: string;
    readonly stop: string;
    readonly cancel: string;
  };
  /** The search in a terminal. */
  readonly search: {
    readonly label: string;
    readonly matchCase: string;
    readonly wholeWord: string;
    readonly regex: string;
    readonly previous: string;
    readonly next: string;
    readonly count: TextWith<"index" | "count">;
    readonly none: string;
    readonly badRegex: string;
    readonly failed: string;
    readonly close: string;
  };
}
