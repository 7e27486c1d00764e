/** Stands for a dead key, or for nothing, in {@link LAYOUTS}. */
const NONE = "∅";

/** The keys of {@link LAYOUTS}, row by row, by their `KeyboardEvent.code`. */
const ROWS: readonly (readonly string[])[] = [
  ["Backquote", ..."1234567890".split("").map((digit) => `Digit${digit}`), "Minus", "Equal"],
  [..."QWERTYUIOP".split("").map((letter) => `Key${letter}`), "BracketLeft", "BracketRight"],
  [..."ASDFGHJKL".split("").map((letter) => `Key${letter}`), "Semicolon", "Quote", "Backslash"],
  ["IntlBackslash", ..."ZXCVBNM".split("").map((letter) => `Key${letter}`), "Comma", "Period", "Slash"],
];

/** A keyboard layout of a machine: that of the United States, Great Britain, Germany, France, Spain, Italy or Japan. */
export type KeyboardLayout = "us" | "gb" | "de" | "fr" | "es" | "it" | "jp";

/**
 * What each key types in a layout, alone, with Shift and with AltGr, row by row as in {@link ROWS}; from
 * the symbol tables of X11's xkeyboard-config. A row may end with `code=characters` for other keys.
 */
const LAYOUTS: Readonly<Record<KeyboardLayout, readonly string[]>> = {
  us: [
    "`~ 1! 2@ 3# 4$ 5% 6^ 7& 8* 9( 0) -_ =+",
    "qQ wW eE rR tT yY uU iI oO pP [{ ]}",
    "aA sS dD fF gG hH jJ kK lL ;: '\" \\|",
    "∅ zZ xX cC vV bB nN mM ,< .> /?",
  ],
  gb: [
    '`¬¦ 1! 2" 3£ 4$€ 5% 6^ 7& 8* 9( 0) -_ =+',
    "qQ wW eE rR tT yY uU iI oO pP [{ ]}",
    "aA sS dD fF gG hH jJ kK lL ;: '@ #~",
    "\\| zZ xX cC vV bB nN mM ,< .> /?",
  ],
  de: [
    '∅° 1! 2"² 3§³ 4$ 5% 6& 7/{ 8([ 9)] 0=} ß?\\ ∅',
    "qQ@ wW eE€ rR tT zZ uU iI oO pP üÜ +*~",
    "aA sS dD fF gG hH jJ kK lL öÖ äÄ #'",
    "<>| yY xX cC vV bB nN mMµ ,; .: -_",
  ],
  fr: [
    "² &1 é2 \"3# '4{ (5[ -6| è7 _8\\ ç9^ à0@ )°] =+}",
    "aA zZ eE€ rR tT yY uU iI oO pP ∅ $£",
    "qQ sS dD fF gG hH jJ kK lL mM ù% *µ",
    "<> wW xX cC vV bB nN ,? ;. :/ !§",
  ],
  es: [
    "ºª\\ 1!| 2\"@ 3·# 4$ 5% 6&¬ 7/ 8( 9) 0= '? ¡¿",
    "qQ wW eE€ rR tT yY uU iI oO pP ∅∅[ +*]",
    "aA sS dD fF gG hH jJ kK lL ñÑ ∅∅{ çÇ}",
    "<> zZ xX cC vV bB nN mM ,; .: -_",
  ],
  it: [
    "\\| 1! 2\" 3£ 4$ 5% 6& 7/ 8( 9) 0= '? ì^",
    "qQ wW eE€ rR tT yY uU iI oO pP èé[ +*]",
    "aA sS dD fF gG hH jJ kK lL òç@ à°# ù§",
    "<> zZ xX cC vV bB nN mM ,; .: -_",
  ],
  jp: [
    "∅ 1! 2\" 3# 4$ 5% 6& 7' 8( 9) 0 -= ^~",
    "qQ wW eE rR tT yY uU iI oO pP @` [{",
    "aA sS dD fF gG hH jJ kK lL ;+ :* ]}",
    "∅ zZ xX cC vV bB nN mM ,< .> /? IntlRo=\\_ IntlYen=∅|",
  ],
};

/** All values of {@link KeyboardLayout}. */
export const KEYBOARD_LAYOUTS = Object.keys(LAYOUTS) as readonly KeyboardLayout[];

/** What types a character in a layout. */
export interface LayoutKey {
  /** `KeyboardEvent.code`. */
  readonly code: string;
  readonly shift: boolean;
  readonly altGr: boolean;
  /** Whether the key types a letter, so that Caps Lock inverts Shift. */
  readonly isLetter: boolean;
}

const KEYS = new Map<KeyboardLayout, ReadonlyMap<string, LayoutKey>>();

/** The keys of a layout by the character that they type. Characters that need a dead key are missing. */
export function layoutKeys(layout: KeyboardLayout): ReadonlyMap<string, LayoutKey> {
  const known = KEYS.get(layout);
  if (known) return known;
  const keys = new Map<string, LayoutKey>([[" ", { code: "Space", shift: false, altGr: false, isLetter: false }]]);
  for (const [row, line] of LAYOUTS[layout].entries()) {
    for (const [column, entry] of line.split(" ").entries()) {
      const [, code = ROWS[row]?.[column] ?? "", characters = entry] = /^(Intl\w+)=(.+)$/.exec(entry) ?? [];
      addKey(keys, code, Array.from(characters));
    }
  }
  KEYS.set(layout, keys);
  return keys;
}

function addKey(keys: Map<string, LayoutKey>, code: string, [plain, shifted, withAltGr]: readonly string[]): void {
  const isLetter = plain !== shifted && plain?.toUpperCase() === shifted;
  const add = (character: string | undefined, shift: boolean, altGr: boolean): void => {
    if (character === undefined || character === NONE || keys.has(character)) return;
    keys.set(character, { code, shift, altGr, isLetter: isLetter && !altGr });
  };
  add(plain, false, false);
  add(shifted, true, false);
  add(withAltGr, false, true);
}
