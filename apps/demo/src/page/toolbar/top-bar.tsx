import icon from "../../../../console/public/icon.svg";
import type { Dashboard } from "../api/feed.ts";
import type { Theme } from "./use-theme.ts";
import { RadioGroup } from "../controls/radio-group.tsx";
import { Icon } from "../controls/icon.tsx";

const SECTIONS = [
  ["machines", "Machines"],
  ["sessions", "Sessions"],
  ["events", "Events"],
  ["faults", "Faults"],
] as const;

const CONNECTION_LABELS = { connecting: "Connecting", live: "Live", lost: "Offline" } as const;

interface TopBarProps {
  readonly connection: Dashboard["connection"];
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
}

export function TopBar({ connection, theme, onTheme }: TopBarProps) {
  return (
    <header className="top-bar">
      <a className="brand" href="#machines">
        <img src={icon} alt="" width="24" height="24" />
        Curfew
      </a>
      <nav aria-label="Sections">
        {SECTIONS.map(([id, name]) => (
          <a key={id} href={`#${id}`}>
            {name}
          </a>
        ))}
      </nav>
      <p className={`connection ${connection}`} role="status">
        {CONNECTION_LABELS[connection]}
      </p>
      <RadioGroup
        legend="Theme"
        hideLegend
        name="theme"
        value={theme}
        options={[
          { value: "system", label: <Icon name="sunMoon" />, name: "System default" },
          { value: "light", label: <Icon name="sun" />, name: "Light" },
          { value: "dark", label: <Icon name="moon" />, name: "Dark" },
        ]}
        onChange={onTheme}
      />
    </header>
  );
}
