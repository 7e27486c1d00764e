import { type ReactNode, useEffect, useRef } from "react";
import { Icon } from "../controls/icon.tsx";
import type { ConsoleRequest } from "../api/console-request.ts";

interface PanelProps {
  readonly request: ConsoleRequest;
  /** Content beside the name. */
  readonly head: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The panel beside the lists; on small screens it covers them. */
export function Panel({ request, head, onClose, children }: PanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <aside className="panel" aria-label={`Console of ${request.name}`}>
      <div className="panel-head">
        <div className="panel-name">
          <h2 ref={heading} tabIndex={-1}>
            {request.name}
          </h2>
          <p>{request.note}</p>
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
