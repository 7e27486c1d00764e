import { createStyleSheet } from "../ui/style-sheet.ts";

/** The colors and custom properties are those of the consoles' elements. Sizes depend on the element, not on the window. */
const CSS = `
:host {
  --_surface: var(--curfew-surface, light-dark(#fff, #16191e));
  --_ink: var(--curfew-ink, light-dark(#14171c, #eef0f3));
  --_ink-2: var(--curfew-ink-2, light-dark(#4d5561, #b0b7c2));
  --_line: color-mix(in srgb, var(--_ink) 15%, transparent);
  --_hover: color-mix(in srgb, var(--_ink) 7%, var(--_surface));
  --_focus: var(--curfew-focus, light-dark(#2f5fe0, #7ea2ff));
  --_radius: var(--curfew-radius, 0.5rem);
  color-scheme: light dark;
  /* Its rows and menus lie over the console. */
  position: relative;
  z-index: 1;
  display: block;
  container-type: inline-size;
  background: var(--_surface);
  color: var(--_ink-2);
  font: 500 0.8125rem/1.4 var(--curfew-font, system-ui, sans-serif);
}
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; }
.shell { position: relative; border-bottom: 1px solid var(--_line); }
.bar { min-height: 2.75rem; }
.shell[inert] { opacity: 0.5; }
.tools { display: flex; align-items: center; gap: 0.125rem; min-height: 2.75rem; padding-inline: 0.5rem; }
button { border: 0; border-radius: var(--_radius); background: none; color: inherit; font: inherit; cursor: pointer; }
button:focus-visible { outline: 2px solid var(--_focus); outline-offset: -2px; }
.tool {
  display: grid;
  flex: none;
  place-items: center;
  min-width: 2.25rem;
  height: 2.25rem;
  padding: 0 0.5rem;
  white-space: nowrap;
}
.tool:hover, .tool[aria-expanded="true"] { background: var(--_hover); color: var(--_ink); }
.tool-held { background: var(--_hover); box-shadow: inset 0 -0.125rem var(--_focus); color: var(--_ink); }
.tool-apart { margin-inline-start: 0.5rem; }
.icon { width: 1.25rem; height: 1.25rem; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.over { position: absolute; z-index: 1; inset: 100% 0 auto; pointer-events: none; }
.over > .tray { pointer-events: auto; }
.tray-row {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem;
  padding: 0.25rem 0.5rem 0.25rem 1rem;
  border-bottom: 1px solid var(--_line);
  background: var(--_surface);
}
.tray-row input { flex: 1 1 8rem; min-width: 5rem; max-width: 22rem; height: 2.25rem; border: 0; background: none; color: var(--_ink); font: inherit; }
.tray-row > .tool:last-child { margin-inline-start: auto; }
.tray-row [aria-pressed="true"] { background: var(--_hover); box-shadow: inset 0 -0.125rem var(--_focus); color: var(--_ink); }
.search-result, .progress-text { min-width: 5rem; font-variant-numeric: tabular-nums; }
progress { flex: 1; max-width: 22rem; height: 0.375rem; accent-color: var(--_focus); }
.button { display: inline-flex; align-items: center; justify-content: center; gap: 0.375rem; min-height: 2.25rem; padding: 0 0.75rem; border: 1px solid var(--_line); color: var(--_ink); }
.button:hover { background: var(--_hover); }
.button-primary, .button-primary:hover { border-color: var(--_ink); background: var(--_ink); color: var(--_surface); }
.button-primary:focus-visible { outline-offset: 2px; }
.button-quiet { justify-self: start; border-color: transparent; color: var(--_ink-2); }
.dialog {
  width: min(28rem, calc(100vw - 2rem));
  margin: auto;
  padding: 0;
  border: 1px solid var(--_line);
  border-radius: calc(var(--_radius) * 1.5);
  background: var(--_surface);
  color: var(--_ink);
  font-weight: 400;
  box-shadow: 0 4px 24px rgb(0 0 0 / 0.14);
}
.dialog::backdrop { background: rgb(0 0 0 / 0.4); }
.dialog-form { display: grid; gap: 1rem; padding: 1.5rem; }
h2 { font-size: 1.0625rem; font-weight: 600; outline: none; }
.dialog-sentence, .field { color: var(--_ink-2); }
.field { display: grid; gap: 0.375rem; }
textarea, .quote { width: 100%; padding: 0.5rem; border: 1px solid var(--_line); border-radius: var(--_radius); background: none; color: var(--_ink); font: 0.8125rem/1.5 ui-monospace, monospace; resize: vertical; }
.quote { max-height: 10rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
input:focus-visible, textarea:focus-visible, .quote:focus-visible { outline: 2px solid var(--_focus); outline-offset: -1px; }
.dialog-actions { display: flex; flex-wrap: wrap; justify-content: end; gap: 0.5rem; }
.dialog-actions .button:first-child { margin-inline-end: auto; }
.notice {
  width: fit-content;
  margin: 0.25rem auto;
  padding: 0.375rem 0.875rem;
  border-radius: 1rem;
  background: var(--_ink);
  color: var(--_surface);
  pointer-events: none;
}
/* Stays in the page, so that screen readers announce what comes. */
.notice:empty { margin: 0; padding: 0; background: none; }
.dialog .notice:not(:empty) { margin: 0 1.5rem 1.5rem; }
.menu {
  position: fixed;
  inset: auto;
  min-width: 14rem;
  max-width: min(18rem, calc(100vw - 1rem));
  margin: 0;
  padding: 0;
  overflow: auto;
  border: 1px solid var(--_line);
  border-radius: calc(var(--_radius) * 1.5);
  background: var(--_surface);
  color: var(--_ink);
  font-weight: 400;
  box-shadow: 0 4px 24px rgb(0 0 0 / 0.14);
}
.menu-group { padding: 0.375rem; }
.menu-group + .menu-group { border-top: 1px solid var(--_line); }
.menu-item { display: flex; align-items: center; gap: 0.5rem; width: 100%; min-height: 2.125rem; padding: 0 0.5rem; text-align: start; }
.menu-item:hover, .menu-item:focus { background: var(--_hover); }
.menu-item[aria-disabled="true"] { color: var(--_ink-2); cursor: default; }
.menu-item:not([aria-checked="true"]) .icon { visibility: hidden; }
.menu-item kbd { margin-inline-start: auto; color: var(--_ink-2); font: inherit; }
.menu-grid { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); }
.menu-grid .menu-item { justify-content: center; padding: 0; }
.menu-heading { grid-column: 1 / -1; padding: 0.25rem 0.5rem; color: var(--_ink-2); font-size: 0.75rem; }
.menu-note { padding: 0.625rem 1rem; border-top: 1px solid var(--_line); color: var(--_ink-2); font-size: 0.75rem; }
.screen-keys { position: relative; display: flex; gap: 0.25rem; padding: 0.25rem 0.5rem; overflow-x: auto; border-top: 1px solid var(--_line); touch-action: pan-x; }
.screen-key {
  display: grid;
  flex: 1 0 auto;
  place-items: center;
  min-width: 2.75rem;
  height: 2.75rem;
  padding: 0 0.5rem;
  border: 1px solid var(--_line);
  color: var(--_ink);
  white-space: nowrap;
}
.screen-key:active { background: var(--_hover); }
.screen-key[aria-pressed="true"] { background: var(--_ink); color: var(--_surface); }
/* Invisible, with a font large enough that browsers do not zoom in on it. */
.screen-keyboard { position: absolute; left: 0; bottom: 0; width: 1px; height: 1px; padding: 0; border: 0; opacity: 0; font-size: 1rem; resize: none; }
[data-view-only] .tool-input { display: none; }
@container (min-width: 36.001rem) { .narrow-only { display: none; } }
@container (max-width: 36rem) { .wide-only { display: none; } .tool-apart { margin-inline-start: 0; } }
@media (pointer: coarse) { .tool { min-width: 2.75rem; height: 2.75rem; } .menu-item { min-height: 2.75rem; } }
`;

const SHEETS = new WeakMap<Document, CSSStyleSheet>();

/** The style sheet of all toolbars in a document. */
export function toolbarStyles(document: Document): CSSStyleSheet {
  const sheet = SHEETS.get(document) ?? createStyleSheet(document, CSS);
  SHEETS.set(document, sheet);
  return sheet;
}
