import { SerialConsole } from "@curfew/client/serial";

export function create(screen: HTMLElement, search: HTMLInputElement, found: HTMLElement): SerialConsole {
  const serial = new SerialConsole(screen, {
    authorize: async () => (await fetch("/api/consoles/vm-1", { method: "POST" })).json(),
    theme: "dark",
    lineEnding: "cr",
    confirmPaste: ({ lines }) => confirm(`Paste ${lines} lines?`),
    onLink: (url) => confirm(`Open ${url}?`),
  });
  const find = async (): Promise<void> => {
    const match = await serial.find(search.value);
    found.textContent = match ? `${match.index + 1} of ${match.count}` : "not found";
  };
  search.addEventListener("change", () => void find());
  return serial;
}
