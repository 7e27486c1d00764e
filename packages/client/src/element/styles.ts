import { createStyleSheet } from "../ui/style-sheet.ts";

/**
 * Colors follow the element's `color-scheme`: the user's setting, or the attribute `theme`. Text has
 * the contrast of WCAG AA on every surface. Sizes depend on the element, not on the window.
 */
const CSS = `
:host {
  --_stage: var(--curfew-stage, light-dark(#f4f5f7, #0c0e11));
  --_surface: var(--curfew-surface, light-dark(#fff, #16191e));
  --_ink: var(--curfew-ink, light-dark(#14171c, #eef0f3));
  --_ink-2: var(--curfew-ink-2, light-dark(#4d5561, #b0b7c2));
  --_line: color-mix(in srgb, var(--_ink) 15%, transparent);
  --_accent: var(--curfew-accent, var(--_ink));
  --_focus: var(--curfew-focus, light-dark(#2f5fe0, #7ea2ff));
  --_warn: var(--curfew-warn, light-dark(#9a5200, #f0b454));
  --_good: var(--curfew-good, light-dark(#157f3c, #4ccb7a));
  --_bad: var(--curfew-bad, light-dark(#b3261e, #ff8a80));
  --_radius: var(--curfew-radius, 0.5rem);
  color-scheme: light dark;
  display: block;
  height: 24rem;
  color: var(--_ink);
  font: 400 0.875rem/1.5 var(--curfew-font, system-ui, sans-serif);
  font-variant-numeric: tabular-nums;
  text-align: start;
  text-wrap: pretty;
}
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; }
.shell {
  container-type: size;
  position: relative;
  height: 100%;
  overflow: hidden;
  background: var(--_stage);
}
.screen, .overlay { position: absolute; inset: 0; }
/* What is enlarged by touch is moved by scrolling. */
.screen { overflow: hidden; }
/* Dark in both themes, as around films: a picture keeps its colors there. */
[data-type="vnc"] .screen { background: var(--curfew-backdrop, #17191c); }
/* Over the console: moving it would make the machine change its resolution, and a terminal cut its lines. */
.warning { position: absolute; z-index: 1; inset: 0 0 auto; }
.takeover strong { display: block; }
.screen:focus-visible { outline: 2px solid var(--_focus); outline-offset: -2px; }
/* Opaque: while the console reconnects the session may turn out to be over, and then its text must not be readable. */
.overlay {
  display: grid;
  place-items: safe center;
  padding: 1rem;
  overflow: auto;
  background: var(--_stage);
}
/* Over a console that the page has created itself. */
[data-over] { background: none; pointer-events: none; }
[data-over] > * { pointer-events: auto; }
.notice {
  position: absolute;
  z-index: 1;
  inset: auto 1rem 1rem;
  width: fit-content;
  max-width: min(32rem, 100% - 2rem);
  margin-inline: auto;
  padding: 0.5rem 1rem;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_surface);
  pointer-events: none;
}
.announcer, .spoken { position: absolute; clip-path: inset(50%); }

.warning { --_tone: var(--_warn); --_ground: light-dark(#fb0, #f0b454); }
.warning[data-phase="renew-failed"] { --_tone: var(--_bad); --_ground: var(--_bad); }
.warning[data-phase="renewed"] { --_tone: var(--_good); --_ground: var(--_good); }
.warning-row {
  display: flex;
  align-items: center;
  gap: 0.75rem;
  padding: 0.5rem 0.5rem 0.5rem 1rem;
  border-bottom: 1px solid color-mix(in srgb, var(--_tone) 30%, transparent);
  background: color-mix(in srgb, var(--_ground) 10%, var(--_surface));
  color: var(--_ink-2);
  animation: unfold 240ms ease-out;
}
.warning p { flex: 1; min-width: 0; }
.warning strong { color: var(--_ink); font-weight: 600; }
.warning .actions { flex: none; margin: 0; gap: 0.25rem; }

.panel {
  width: min(26rem, 100%);
  padding: 1.5rem;
  border: 1px solid var(--_line);
  border-radius: calc(var(--_radius) * 1.75);
  background: var(--_surface);
  box-shadow: 0 4px 24px rgb(0 0 0 / 0.07);
  outline: none;
  animation: appear 240ms ease-out both;
}
[data-phase="connecting"] .panel { animation-delay: 150ms; }
.symbol { display: flex; margin-bottom: 1rem; color: var(--_ink-2); }
.symbol > * { width: 2rem; }
.warning .symbol { margin: 0; color: var(--_tone); }
.warning .icon { width: 1.25rem; }
.counter { display: grid; width: 2.75rem; font-size: 0.8125rem; }
.counter > * { grid-area: 1 / 1; place-self: center; color: var(--_ink); }
.counter > .icon { color: var(--_focus); }
[data-tone="problem"] .symbol { color: var(--_bad); }
.title { font-size: 1.125rem; font-weight: 600; line-height: 1.3; }
.sentence { margin-top: 0.375rem; color: var(--_ink-2); }
.message { margin-top: 0.5rem; font-style: italic; overflow-wrap: anywhere; }
.countdown, .advice { margin-top: 0.75rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 1.25rem; }
/* Visible without scrolling, however low the element: the rest scrolls behind it. */
.panel .actions { position: sticky; bottom: -1rem; margin-top: 0.75rem; padding-block: 0.5rem; background: var(--_surface); }
footer {
  display: flex;
  flex-wrap: wrap;
  gap: 0.25rem 0.75rem;
  margin-top: 0.75rem;
  padding-top: 0.75rem;
  border-top: 1px solid var(--_line);
  color: var(--_ink-2);
  font-size: 0.75rem;
  overflow-wrap: anywhere;
}
code { font-family: ui-monospace, monospace; }

button {
  min-height: 2.125rem;
  padding: 0.25rem 0.875rem;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_surface);
  color: var(--_ink);
  font: inherit;
  font-weight: 500;
  line-height: 1.25;
  cursor: pointer;
  transition: background 120ms;
}
button:hover { background: color-mix(in srgb, var(--_ink) 7%, var(--_surface)); }
button:focus-visible { outline: 2px solid var(--_focus); outline-offset: 2px; }
.primary { border-color: var(--_accent); background: var(--_accent); color: var(--curfew-on-accent, var(--_surface)); }
.primary:hover { background: color-mix(in srgb, var(--_accent) 86%, var(--_surface)); }
.primary[aria-disabled="true"] { opacity: 0.6; cursor: default; }
.quiet { border-color: transparent; background: none; color: inherit; padding-inline: 0.625rem; }

.icon { fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.track { opacity: 0.2; }
.arc { stroke-dasharray: 100; stroke-dashoffset: calc(100 - var(--left, 0)); stroke-linecap: butt; transition: stroke-dashoffset 1s linear; }
.spinner { --left: 25; animation: turn 1s linear infinite; }

@keyframes unfold { from { opacity: 0; translate: 0 -0.25rem; } }
@keyframes appear { from { opacity: 0; translate: 0 0.375rem; } }
@keyframes turn { to { rotate: 1turn; } }

@container (max-width: 44rem) {
  .warning-row { flex-wrap: wrap; align-items: start; padding: 0.5rem 0.5rem 0.5rem 0.75rem; }
  .warning p { flex: 1 1 12rem; padding-block: 0.3125rem; }
  .warning .symbol { padding-top: 0.375rem; }
  .warning[data-renewability="renewable"] [data-announced] > :last-child { display: none; }
  .warning .actions { margin-inline-start: 2rem; }
  .warning[data-renewability="renewable"] p { flex-basis: 7rem; }
  .warning[data-renewability="renewable"] .actions { margin-inline-start: 0; }
  [hidden] + .quiet { margin-inline-start: -0.625rem; }
}
@container (max-height: 17rem) {
  .overlay { padding: 0.5rem; }
  .panel { padding: 0.875rem 1rem; }
  .panel .symbol, footer { display: none; }
  .panel .actions { bottom: -0.5rem; margin-top: 0.25rem; }
}
@container (max-height: 12rem) {
  .sentence { display: none; }
}
@media (pointer: coarse) {
  button { min-height: 2.75rem; }
}
@media (prefers-reduced-motion: reduce) {
  * { animation: none !important; transition: none !important; }
}
`;

const SHEETS = new WeakMap<Document, CSSStyleSheet>();

/** The style sheet of all elements in a document. */
export function styleSheet(document: Document): CSSStyleSheet {
  const sheet = SHEETS.get(document) ?? createStyleSheet(document, CSS);
  SHEETS.set(document, sheet);
  return sheet;
}
