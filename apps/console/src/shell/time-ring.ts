/** Circumference of the ring, in the units of its view box. */
const CIRCUMFERENCE = 2 * Math.PI * 6;

/** The time left must grow by this much to count as a renewal. */
const RENEWAL_GROWTH_MS = 1_000;

/** The time left as a ring that empties: full when the session began or was renewed. */
export class TimeRing {
  readonly root: SVGElement = createRing();
  #totalMs = 0;
  #lastMs = 0;

  /** @param left - milliseconds; `"unlimited"` is a full ring */
  show(left: number | "unlimited"): void {
    if (left === "unlimited") {
      this.#draw(1);
      return;
    }
    if (left > this.#lastMs + RENEWAL_GROWTH_MS) this.#totalMs = left;
    this.#lastMs = left;
    this.#draw(this.#totalMs <= 0 ? 0 : Math.max(0, left / this.#totalMs));
  }

  /** The next time shown is a full ring. */
  reset(): void {
    this.#lastMs = 0;
  }

  #draw(fraction: number): void {
    const offset = (CIRCUMFERENCE * (1 - fraction)).toFixed(1);
    if (this.root.style.strokeDashoffset !== offset) this.root.style.strokeDashoffset = offset;
  }
}

function createRing(): SVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const root = document.createElementNS(namespace, "svg");
  root.setAttribute("viewBox", "0 0 16 16");
  root.setAttribute("class", "ring");
  root.setAttribute("aria-hidden", "true");
  root.style.strokeDasharray = CIRCUMFERENCE.toFixed(1);
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
