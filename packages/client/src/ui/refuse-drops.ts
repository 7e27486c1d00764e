/**
 * Refuses files and links that are dragged onto an element or the page. A browser would otherwise open what is dropped
 * in place of the page, and the console in it would be gone. Text can still be dragged into fields, and files onto what
 * accepts files.
 *
 * @param onRefused - called once for each drag, as it begins to be over `target`
 * @param options - `signal` stops listening
 */
export function refuseDrops(
  target: Window | HTMLElement,
  onRefused: () => void,
  options: { readonly signal?: AbortSignal } = {},
): void {
  let isOver = false;
  const onOver = (event: DragEvent): void => {
    if (event.defaultPrevented || hasPlaceFor(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
    if (!isOver) onRefused();
    isOver = true;
  };
  const onLeave = ({ relatedTarget }: DragEvent): void => {
    const root = target instanceof Window ? target.document.documentElement : target;
    if (!(relatedTarget instanceof Node && root.contains(relatedTarget))) isOver = false;
  };
  const onDrop = (event: DragEvent): void => {
    isOver = false;
    if (!hasPlaceFor(event)) event.preventDefault();
  };
  const listen = (type: string, listener: (event: DragEvent) => void): void =>
    target.addEventListener(type, listener as EventListener, options);
  listen("dragenter", onOver);
  listen("dragover", onOver);
  listen("dragleave", onLeave);
  listen("drop", onDrop);
}

/** Whether an event is over a field that takes what is dragged. */
function hasPlaceFor(event: DragEvent): boolean {
  const [target] = event.composedPath();
  const hasFiles = event.dataTransfer?.types.includes("Files") === true;
  const places = hasFiles ? 'input[type="file"]' : "input, textarea, [contenteditable]";
  return target instanceof Element && target.closest(places) !== null;
}
