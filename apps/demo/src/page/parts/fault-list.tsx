import type { FaultCard } from "../../api-types.ts";
import { Icon } from "./icon.tsx";

interface FaultListProps {
  readonly faults: readonly FaultCard[];
  readonly onOpen: (fault: FaultCard) => void;
}

/** Consoles in trouble, each with what will be seen. */
export function FaultList({ faults, onOpen }: FaultListProps) {
  return (
    <section id="faults" aria-labelledby="faults-heading">
      <div className="heading">
        <h2 id="faults-heading">Scripted faults</h2>
        <p>What goes wrong with consoles, on purpose. Each opens in this page.</p>
      </div>
      <ul className="faults">
        {faults.map((fault) => (
          <li key={fault.id}>
            <h3>{fault.name}</h3>
            <p>{fault.line}</p>
            <button type="button" aria-label={`Try ${fault.name}`} onClick={() => onOpen(fault)}>
              <Icon name="play" />
              Try
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
