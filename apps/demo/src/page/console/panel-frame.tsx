import { type ReactNode, useEffect, useRef } from "react";
import { Icon } from "../parts/icon.tsx";
import type { Place } from "../state/place.ts";

interface PanelFrameProps {
  readonly place: Place;
  /** Beside the name. */
  readonly head: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The panel beside the lists; on small screens in front of them. */
export function PanelFrame({ place, head, onClose, children }: PanelFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <aside className="panel" aria-label={`Console of ${place.name}`}>
      <div className="panel-head">
        <div className="panel-name">
          <h2 ref={heading} tabIndex={-1}>
            {place.name}
          </h2>
          <p>{place.note}</p>
        </div>
        {head}
        <button type="button" className="quiet" aria-label="Close the console" onClick={onClose}>
          <Icon name="x" />
        </button>
      </div>
      {children}
    </aside>
  );
}
