/**
 * Colours follow the element's `color-scheme`: the person's setting, or the attribute `theme`. Text
 * colours hold WCAG AA on the surfaces they stand on. Sizes follow the element, not the window.
 */
const css = `
:host {
  --_stage: var(--curfew-stage, light-dark(#f4f5f7, #0c0e11));
  --_surface: var(--curfew-surface, light-dark(#fff, #16191e));
  --_ink: var(--curfew-ink, light-dark(#14171c, #eef0f3));
  --_ink-2: var(--curfew-ink-2, light-dark(#4d5561, #b0b7c2));
  --_line: var(--curfew-line, light-dark(#dfe3e8, #2b3139));
  --_accent: var(--curfew-accent, light-dark(#14171c, #eef0f3));
  --_on-accent: var(--curfew-on-accent, light-dark(#fff, #101317));
  --_focus: var(--curfew-focus, light-dark(#2f5fe0, #7ea2ff));
  --_warn: var(--curfew-warn, light-dark(#9a5b00, #f0b454));
  --_warn-surface: var(--curfew-warn-surface, light-dark(#fff7e6, #241c0d));
  --_good: var(--curfew-good, light-dark(#157f3c, #4ccb7a));
  --_bad: var(--curfew-bad, light-dark(#b3261e, #ff8a80));
  --_radius: var(--curfew-radius, 0.5rem);
  color-scheme: light dark;
  display: block;
  height: 24rem;
  color: var(--_ink);
  font: 400 0.875rem/1.5 var(--curfew-font, system-ui, sans-serif);
  text-align: start;
}
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; }
.frame {
  container-type: size;
  display: grid;
  grid-template-rows: auto minmax(0, 1fr);
  height: 100%;
  overflow: hidden;
  background: var(--_stage);
}
.stage { grid-row: 2; position: relative; }
.screen, .overlay { position: absolute; inset: 0; }
.screen:focus-visible { outline: 2px solid var(--_focus); outline-offset: -2px; }
.overlay {
  display: grid;
  place-items: safe center;
  padding: 1rem;
  overflow: auto;
  background: var(--_stage);
}
.frame[data-phase="reconnecting"] .overlay { background: color-mix(in srgb, var(--_stage) 72%, transparent); }
.announcer { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.warning-row {
  display: flex;
  align-items: center;
  gap: 0.75rem;
  padding: 0.5rem 0.5rem 0.5rem 1rem;
  border-bottom: 1px solid color-mix(in srgb, var(--_tone) 28%, transparent);
  background: var(--_ground);
  color: var(--_ink-2);
  animation: unfold 240ms ease-out;
}
.warning { --_tone: var(--_warn); --_ground: var(--_warn-surface); }
.warning[data-phase="renew-failed"] { --_tone: var(--_bad); --_ground: color-mix(in srgb, var(--_bad) 9%, var(--_surface)); }
.warning[data-phase="renewed"] { --_tone: var(--_good); --_ground: color-mix(in srgb, var(--_good) 9%, var(--_surface)); }
.warning p { flex: 1; min-width: 0; text-wrap: pretty; }
.warning strong { color: var(--_ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.warning-picture { display: flex; color: var(--_tone); }
.warning-picture > * { width: 1.25rem; height: 1.25rem; }
.warning .actions { flex: none; margin: 0; gap: 0.25rem; }

.panel {
  width: min(26rem, 100%);
  padding: 1.5rem;
  border: 1px solid var(--_line);
  border-radius: calc(var(--_radius) * 1.75);
  background: var(--_surface);
  box-shadow: 0 1px 2px rgb(0 0 0 / 0.05), 0 8px 24px rgb(0 0 0 / 0.06);
  outline: none;
  animation: appear 240ms ease-out both;
}
.frame[data-phase="connecting"] .panel { animation-delay: 150ms; }
.picture { display: flex; margin-bottom: 1rem; color: var(--_ink-2); }
.picture > * { width: 2rem; height: 2rem; }
.panel[data-tone="problem"] .picture { color: var(--_bad); }
.frame[data-phase="reconnecting"] .picture { color: var(--_focus); }
.title { font-size: 1.125rem; font-weight: 600; line-height: 1.3; letter-spacing: -0.01em; text-wrap: balance; }
.sentence { margin-top: 0.375rem; color: var(--_ink-2); text-wrap: pretty; }
.note { margin-top: 0.75rem; text-wrap: pretty; font-variant-numeric: tabular-nums; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 1.25rem; }
footer {
  display: flex;
  flex-wrap: wrap;
  gap: 0.25rem 0.75rem;
  margin-top: 1.25rem;
  padding-top: 0.75rem;
  border-top: 1px solid var(--_line);
  color: var(--_ink-2);
  font-size: 0.75rem;
  overflow-wrap: anywhere;
}
code { font: 0.75rem/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }

button {
  min-height: 2.125rem;
  padding: 0.25rem 0.875rem;
  border: 1px solid color-mix(in srgb, var(--_ink) 22%, transparent);
  border-radius: var(--_radius);
  background: var(--_surface);
  color: var(--_ink);
  font: inherit;
  font-weight: 500;
  line-height: 1.25;
  cursor: pointer;
  transition: background 120ms;
}
button:hover { background: color-mix(in srgb, var(--_ink) 6%, var(--_surface)); }
button:focus-visible { outline: 2px solid var(--_focus); outline-offset: 2px; }
.primary { border-color: var(--_accent); background: var(--_accent); color: var(--_on-accent); }
.primary:hover { background: color-mix(in srgb, var(--_accent) 86%, var(--_surface)); }
.primary[aria-disabled="true"] { opacity: 0.6; cursor: default; }
.quiet { border-color: transparent; background: none; color: var(--_ink-2); padding-inline: 0.625rem; }
.quiet:hover { background: color-mix(in srgb, var(--_ink) 7%, transparent); color: var(--_ink); }

.icon, .ring { fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.ring { rotate: -90deg; stroke-width: 2.5; }
.picture .ring { stroke-width: 2; }
.track { opacity: 0.2; }
.arc { stroke-dasharray: 100; stroke-dashoffset: calc(var(--left, 0) - 100); stroke-linecap: butt; transition: stroke-dashoffset 1s linear; }
.spinner { --left: 25; animation: turn 1s linear infinite; }

@keyframes unfold { from { opacity: 0; translate: 0 -0.25rem; } }
@keyframes appear { from { opacity: 0; translate: 0 0.375rem; } }
@keyframes turn { to { rotate: 270deg; } }

@container (max-width: 40rem) {
  .warning-row { flex-wrap: wrap; padding: 0.625rem 0.75rem; }
  .warning p { flex-basis: calc(100% - 2.5rem); }
  .warning .actions { margin-inline-start: 2rem; }
}
@container (max-width: 28rem) {
  .panel { padding: 1.25rem; }
}
@container (max-height: 17rem) {
  .overlay { padding: 0.5rem; }
  .panel { padding: 0.875rem 1rem; }
  .picture, footer { display: none; }
  .actions { margin-top: 0.75rem; }
}
@media (pointer: coarse) {
  button { min-height: 2.75rem; }
}
@media (prefers-reduced-motion: reduce) {
  * { animation: none !important; transition: none !important; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** The one style sheet of all elements. A constructed one, which a Content Security Policy lets pass. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
