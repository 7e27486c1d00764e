/** Circumference of the ring, in the units of its picture. */
const round = 2 * Math.PI * 6;

/** Milliseconds that the time left must grow by to count as a renewal. */
const growth = 1_000;

/** The time left as a ring that empties: full when the session began or was renewed. */
export class TimeRing {
  readonly root: SVGElement = circles();
  #whole = 0;
  #last = 0;

  /** @param left milliseconds; null is without limit, a full ring */
  show(left: number | null): void {
    if (left === null) {
      this.#draw(1);
      return;
    }
    if (left > this.#last + growth) this.#whole = left;
    this.#last = left;
    this.#draw(this.#whole <= 0 ? 0 : Math.max(0, left / this.#whole));
  }

  /** What comes next is shown as the whole. */
  reset(): void {
    this.#last = 0;
  }

  #draw(part: number): void {
    const offset = (round * (1 - part)).toFixed(1);
    if (this.root.style.strokeDashoffset !== offset) this.root.style.strokeDashoffset = offset;
  }
}

function circles(): SVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const root = document.createElementNS(namespace, "svg");
  root.setAttribute("viewBox", "0 0 16 16");
  root.setAttribute("class", "ring");
  root.setAttribute("aria-hidden", "true");
  root.style.strokeDasharray = round.toFixed(1);
  for (const name of ["ring-track", "ring-left"]) {
    const circle = document.createElementNS(namespace, "circle");
    circle.setAttribute("class", name);
    circle.setAttribute("cx", "8");
    circle.setAttribute("cy", "8");
    circle.setAttribute("r", "6");
    root.append(circle);
  }
  return root;
}
