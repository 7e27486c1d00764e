import { type RefObject, useEffect, useState } from "react";

/** Whether an element is in the viewport of a visible tab. */
export function useVisible(target: RefObject<Element | null>): boolean {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    if (target.current === null) return undefined;
    let onScreen = false;
    const update = (): void => setVisible(onScreen && !document.hidden);
    const observer = new IntersectionObserver((entries) => {
      onScreen = entries.at(-1)?.isIntersecting === true;
      update();
    });
    observer.observe(target.current);
    document.addEventListener("visibilitychange", update);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", update);
    };
  }, [target]);
  return visible;
}
