import { freePort } from "@curfew/testing/real";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type HttpSourceOptions, HttpTokenSource } from "../../src/tokens/http-source.ts";

/** Answers a request with a token. */
export type Answer = (request: IncomingMessage, response: ServerResponse, token: unknown) => void;

/** A token service whose answers the test gives. */
export class TokenService implements AsyncDisposable {
  readonly requests: { readonly method: string; readonly head: string; readonly body: string }[] = [];
  answer: Answer;
  #server: Server;
  readonly #port: number;

  /** @param port - one that no connection takes while nothing listens there. */
  private constructor(answer: Answer, port: number) {
    this.answer = answer;
    this.#port = port;
    this.#server = this.#makeServer();
  }

  static async start(answer: Answer): Promise<TokenService> {
    const service = new TokenService(answer, await freePort());
    await service.restart();
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/lookup`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Listens where it did before. */
  async restart(): Promise<void> {
    this.#server = this.#makeServer();
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.stop();
  }

  #makeServer(): Server {
    return createServer((request, response) => void this.#take(request, response));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
    const head = [request.url, ...request.rawHeaders].join("\n");
    this.requests.push({ method: request.method ?? "", head, body });
    if (request.method === "HEAD") return void response.writeHead(405).end();
    const inUrl = new URL(request.url ?? "", "http://host").searchParams.get("token");
    this.answer(request, response, inUrl ?? (JSON.parse(body) as { token: unknown }).token);
  }
}

export const json =
  (reply: unknown): Answer =>
  (_request, response) =>
    void response.end(JSON.stringify(reply));

/** Knows one token. */
export const only =
  (known: string, reply: object | (() => object)): Answer =>
  (_request, response, token) => {
    if (token !== known) return void response.writeHead(404).end("unknown");
    response.end(JSON.stringify(typeof reply === "function" ? reply() : reply));
  };

export const hang: Answer = () => {};

export const DEFAULTS: Omit<HttpSourceOptions, "url"> = { timeout: 5, bearer_token: null, console_type: "vnc" };

export function sourceOf(service: TokenService, timeout = 5): HttpTokenSource {
  return new HttpTokenSource({ ...DEFAULTS, url: service.url, timeout });
}
