import icon from "../../../../console/public/icon.svg";
import type { Dashboard } from "../state/feed.ts";
import type { Theme } from "../state/theme.ts";
import { Choice } from "./choice.tsx";
import { Icon } from "./icon.tsx";

const sections = [
  ["machines", "Machines"],
  ["sessions", "Sessions"],
  ["events", "Events"],
  ["faults", "Faults"],
] as const;

const links = { connecting: "Connecting", live: "Live", lost: "Offline" } as const;

interface TopBarProps {
  readonly link: Dashboard["link"];
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
}

export function TopBar({ link, theme, onTheme }: TopBarProps) {
  return (
    <header className="top-bar">
      <a className="brand" href="#machines">
        <img src={icon} alt="" width="24" height="24" />
        Curfew
      </a>
      <nav aria-label="Sections">
        {sections.map(([id, name]) => (
          <a key={id} href={`#${id}`}>
            {name}
          </a>
        ))}
      </nav>
      <p className={`link ${link}`} role="status">
        {links[link]}
      </p>
      <Choice
        legend="Colours"
        quiet
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
