const svgSpace = "http://www.w3.org/2000/svg";

function svg(
  className: string,
  viewBox: string,
  ...shapes: readonly (readonly [string, Record<string, string>])[]
): SVGSVGElement {
  const picture = document.createElementNS(svgSpace, "svg");
  picture.setAttribute("class", className);
  picture.setAttribute("viewBox", viewBox);
  picture.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(svgSpace, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    picture.append(shape);
  }
  return picture;
}

const paths = {
  clock: "M12 7v5l3 2",
  leave: "M8 12h8",
  done: "M8 12.5l2.7 2.7 5.3-6",
  problem: "M12 7.5v5.5M12 16.4v.1",
};

/** Names of the icons. */
export type IconName = keyof typeof paths;

/** A line drawing in a circle, in the colour of the text. */
export function icon(name: IconName): SVGSVGElement {
  return svg("icon", "0 0 24 24", ["circle", { cx: "12", cy: "12", r: "9" }], ["path", { d: paths[name] }]);
}

/** A circle that turns. */
export function spinner(): SVGSVGElement {
  return svg(
    "ring spinner",
    "0 0 24 24",
    ["circle", { class: "track", cx: "12", cy: "12", r: "10" }],
    ["circle", { class: "arc", cx: "12", cy: "12", r: "10", pathLength: "100" }],
  );
}

/** A circle that empties while time runs out. */
export class Ring {
  readonly root: SVGSVGElement = svg(
    "ring",
    "0 0 24 24",
    ["circle", { class: "track", cx: "12", cy: "12", r: "10" }],
    ["circle", { class: "arc", cx: "12", cy: "12", r: "10", pathLength: "100" }],
  );

  /** Shows `left` of `total`. */
  show(left: number, total: number): void {
    const percent = total > 0 ? Math.min(100, Math.max(0, (100 * left) / total)) : 0;
    this.root.style.setProperty("--left", String(Math.round(percent * 10) / 10));
  }
}
