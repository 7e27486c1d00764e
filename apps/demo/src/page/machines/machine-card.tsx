import type { MachineCard } from "../../api-types.ts";
import { CONSOLES } from "../consoles/index.ts";
import { Icon } from "../controls/icon.tsx";
import { Preview } from "./preview.tsx";

interface MachineTileProps {
  readonly machine: MachineCard;
  readonly onOpen: (view: "page" | "tab" | "iframe") => void;
}

/** A machine with its preview, and the buttons that open its console. */
export function MachineCardItem({ machine, onOpen }: MachineTileProps) {
  const { name, type, about, login, real, state } = machine;
  const disabled = state !== "ready";
  return (
    <li className="machine">
      <Preview machine={machine} />
      <div className="title">
        <h3>{name}</h3>
        <span className="kind">
          <Icon name={CONSOLES[type].icon} />
          {CONSOLES[type].label}
        </span>
        <span className={real ? "tag real" : "tag"}>{real ? "real" : "fake"}</span>
      </div>
      <p>{about}</p>
      <p className="login">
        {login === "" ? "No login" : "Log in: "}
        {login !== "" && <code>{login}</code>}
      </p>
      <div className="actions">
        <button
          type="button"
          className="primary"
          disabled={disabled}
          aria-label={`Open ${name} here`}
          onClick={() => onOpen("page")}
        >
          Open
        </button>
        <button
          type="button"
          disabled={disabled}
          aria-label={`Open ${name} in a new tab`}
          onClick={() => onOpen("tab")}
        >
          <Icon name="external" />
          New tab
        </button>
        <button
          type="button"
          disabled={disabled}
          aria-label={`Open ${name} in a frame`}
          onClick={() => onOpen("iframe")}
        >
          <Icon name="appWindow" />
          Frame
        </button>
      </div>
    </li>
  );
}
