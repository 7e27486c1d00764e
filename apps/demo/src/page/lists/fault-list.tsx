import type { FaultCard } from "../../api-types.ts";
import { Icon } from "../controls/icon.tsx";

interface FaultListProps {
  readonly faults: readonly FaultCard[];
  readonly onOpen: (fault: FaultCard) => void;
}

/** The scripted faults, each with a description and a button to try it. */
export function FaultList({ faults, onOpen }: FaultListProps) {
  return (
    <section id="faults" aria-labelledby="faults-heading">
      <div className="heading">
        <h2 id="faults-heading">Scripted faults</h2>
        <p>Consoles that fail on purpose. Each opens on this page.</p>
      </div>
      <ul className="faults">
        {faults.map((fault) => (
          <li key={fault.id}>
            <h3>{fault.name}</h3>
            <p>{fault.about}</p>
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
