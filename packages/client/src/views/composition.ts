/**
 * Notices that the user composes text with an input method (IME), which a picture of a screen does not take: it is no
 * field for text, so that at most the keys reach the machine, and never what is made of them.
 *
 * @param onComposition - called once as the user begins, and again after they typed without the input method
 */
export function noticeComposition(host: HTMLElement, onComposition: () => void): void {
  let isComposing = false;
  const onKeyDown = (event: KeyboardEvent): void => {
    const composes = event.isComposing || event.key === "Process" || event.keyCode === COMPOSITION_KEY_CODE;
    if (composes && !isComposing) onComposition();
    isComposing = composes;
  };
  host.addEventListener("keydown", onKeyDown, { capture: true });
  host.addEventListener("compositionstart", () => {
    if (!isComposing) onComposition();
    isComposing = true;
  });
}

/** `KeyboardEvent.keyCode` of a key that an input method has processed (UI Events, "Legacy key models"). */
const COMPOSITION_KEY_CODE = 229;
