import { lifetimeLabel, lifetimeWords } from "../state/words.ts";
import { Choice } from "./choice.tsx";

interface AccessProps {
  readonly lifetimes: readonly number[];
  readonly lifetime: number;
  readonly onLifetime: (seconds: number) => void;
  readonly enforce: boolean;
  readonly onEnforce: (enforce: boolean) => void;
}

/** How long access lasts, and whether the gateway holds sessions to it. */
export function Access({ lifetimes, lifetime, onLifetime, enforce, onEnforce }: AccessProps) {
  const time = lifetimeWords(lifetime);
  return (
    <div className="access">
      <Choice
        legend="Access lasts"
        name="lifetime"
        value={lifetime}
        options={lifetimes.map((value) => ({ value, label: lifetimeLabel(value), name: lifetimeWords(value) }))}
        onChange={onLifetime}
      />
      <label className="switch">
        <input type="checkbox" role="switch" checked={enforce} onChange={(event) => onEnforce(event.target.checked)} />
        Enforce the end
      </label>
      <p>
        {enforce
          ? `A console ends ${time} after it was opened, unless it is renewed.`
          : `A token opens a console for ${time}; what is open stays open. This is Nova’s default.`}
      </p>
    </div>
  );
}
