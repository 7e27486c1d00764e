import type { IncomingMessage, ServerResponse } from "node:http";
import { answer, type Headers } from "./answer.ts";

/** Answers a request with a file. */
export type FolderHandler = (request: IncomingMessage, response: ServerResponse, target: FolderTarget) => void;

/** What is asked for. */
export interface FolderTarget {
  /** As written: not decoded. */
  readonly path: string;
  readonly query: string;
  /** Sent with each answer. */
  readonly headers: Headers;
}

/** Why a file is not sent, besides that there is none: such an error is another status, with headers of its own. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: "The path is malformed.",
  412: "The file has changed.",
  416: "The file is shorter.",
};

/**
 * Serves the files of a folder as Nova's proxies serve theirs: `index.html` for a folder that has one, no listings, and
 * nothing outside. Unlike there, ranges and conditional requests are answered (RFC 9110, sections 13 and 14), and names
 * that begin with a dot are not.
 */
export async function openWebFolder(root: string): Promise<FolderHandler> {
  // Loaded only where there is such a folder.
  const { default: send } = await import("send");
  return (request, response, { path, query, headers }) => {
    // A relative redirect would lead to another host.
    if (path.startsWith("//")) return answer(response, 400, "URI must not start with //", headers);
    send(request, path, { root, dotfiles: "ignore" })
      .on("headers", () => response.setHeaders(new Map(Object.entries(headers))))
      .on("directory", () => {
        // Relative, as a reverse proxy may have removed a prefix from the path.
        const location = `./${path.slice(path.lastIndexOf("/") + 1)}/${query === "" ? "" : `?${query}`}`;
        answer(response, 301, "", { ...headers, Location: location });
      })
      .on("error", (error: { readonly status: number; readonly headers?: Headers }) => {
        if (response.headersSent) return void response.destroy();
        for (const name of response.getHeaderNames()) response.removeHeader(name);
        const text = REFUSALS[error.status];
        if (text === undefined) answer(response, 404, "There is nothing at this address.", headers);
        else answer(response, error.status, text, { ...headers, ...error.headers });
      })
      .pipe(response);
  };
}
