import type { CloseInfo, ConsoleConnection } from "@curfew/client";
import { fill, messagesFor, timeLeft } from "@curfew/client/messages";

export async function tell(connection: ConsoleConnection, status: HTMLElement): Promise<void> {
  const words = await messagesFor(navigator.languages);
  const ended = ({ reason }: CloseInfo): string => `${words.ends[reason].title}. ${words.ends[reason].sentence}`;
  connection.on("closed", (info) => (status.textContent = ended(info)));
  connection.on("expiring", ({ expiresInMs }) => {
    status.textContent = fill(words.session.endsIn, { time: timeLeft(words.language, expiresInMs) });
  });
}
