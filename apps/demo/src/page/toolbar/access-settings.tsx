import { formatShortLifetime, formatLifetime } from "../util/format.ts";
import { RadioGroup } from "../controls/radio-group.tsx";

interface AccessSettingsProps {
  readonly lifetimes: readonly number[];
  readonly lifetime: number;
  readonly onLifetime: (seconds: number) => void;
  readonly enforce: boolean;
  readonly onEnforce: (enforce: boolean) => void;
}

/** How long access lasts, and whether the gateway enforces it. */
export function AccessSettings({ lifetimes, lifetime, onLifetime, enforce, onEnforce }: AccessSettingsProps) {
  const time = formatLifetime(lifetime);
  return (
    <div className="access">
      <RadioGroup
        legend="Access lasts"
        name="lifetime"
        value={lifetime}
        options={lifetimes.map((value) => ({ value, label: formatShortLifetime(value), name: formatLifetime(value) }))}
        onChange={onLifetime}
      />
      <label className="switch">
        <input type="checkbox" role="switch" checked={enforce} onChange={(event) => onEnforce(event.target.checked)} />
        Enforce timeout
      </label>
      <p>
        {enforce
          ? `Consoles end after ${time} unless they are renewed.`
          : `Tokens are valid for ${time}, but open consoles stay open. This is Nova’s default.`}
      </p>
    </div>
  );
}
