const CAN = "\u0018";
const ESC = "\u001B";

/** DEC private modes that a program may have turned on and that DECSTR leaves alone in xterm.js. */
const MOUSE_MODES = [9, 1000, 1002, 1003, 1005, 1006, 1015, 1016];
const [FOCUS_REPORTS, BRACKETED_PASTE, SYNCHRONIZED_OUTPUT] = [1004, 2004, 2026] as const;
const MODES_OFF = [...MOUSE_MODES, FOCUS_REPORTS, BRACKETED_PASTE, SYNCHRONIZED_OUTPUT];

/**
 * Brings a terminal back to the modes that a new login expects, whatever the program before left: ends
 * an unfinished sequence, leaves the alternate screen, and resets modes, colors, character sets, keypad,
 * margins and cursor. The normal screen and its scrollback stay.
 *
 * The alternate screen is entered first, so that leaving it restores the cursor of the normal screen in
 * either case.
 */
export const RESET_MODES: string =
  `${CAN}${ESC}[?1049h${ESC}[?1049l${ESC}[!p${ESC}[?${MODES_OFF.join(";")}l` +
  // Palette and default colors, the shape of the cursor, ASCII in all character sets, normal keypad.
  `${ESC}]104${ESC}\\${ESC}]110${ESC}\\${ESC}]111${ESC}\\${ESC}]112${ESC}\\${ESC}[0 q` +
  `\u000F${ESC}(B${ESC})B${ESC}*B${ESC}+B${ESC}>`;
