const gateway = "https://consoles.example";

export function embed(place: HTMLElement, link: string, newToken: () => Promise<string>): void {
  const frame = document.createElement("iframe");
  frame.title = "Console";
  frame.allow = "clipboard-read; clipboard-write; fullscreen; screen-wake-lock";
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-downloads allow-modals");
  frame.src = link;
  place.append(frame);

  const say = (message: object): void => frame.contentWindow?.postMessage({ curfew: 1, ...message }, gateway);
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== gateway || data?.curfew !== 1) return;
    if (data.type === "renew-wanted") void newToken().then((token) => say({ type: "renew", token }));
    if (data.type === "state" && data.state === "connected") say({ type: "focus" });
    if (data.type === "closed") place.title = `Ended: ${data.reason}`;
  });
}
