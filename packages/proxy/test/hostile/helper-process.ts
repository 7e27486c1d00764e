import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** What a process of the suite can be asked; each request has one argument at most. */
type Requests<Names> = { readonly [Name in keyof Names]: (argument: never) => unknown };

interface Question {
  readonly id: number;
  readonly name: string;
  readonly argument: never;
}

type Answer = { readonly id: number } & ({ readonly answer: unknown } | { readonly error: string });

/** Answers the process that started this one. It ends with that process. */
export function answerParent<Names extends Requests<Names>>(requests: Names): void {
  process.on("message", ({ id, name, argument }: Question) => {
    const request = requests[name as keyof Names];
    Promise.resolve(argument)
      .then(request)
      .then(
        (answer: unknown) => process.send?.({ id, answer: answer ?? null }),
        (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.message : String(error) }),
      );
  });
  process.on("disconnect", () => process.exit());
}

/** A process of the suite, which runs beside the gateway: the victim or the attacker. */
export class HelperProcess<Names extends Requests<Names>> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  /** @param pin - a command that pins the process to a core. */
  constructor(main: URL, pin: readonly string[]) {
    const [program, ...args] = [...pin, process.execPath, "--conditions=@curfew/source", main.pathname];
    this.#child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#child.on("message", (answer: Answer) => {
      this.#answers.get(answer.id)?.(answer);
      this.#answers.delete(answer.id);
    });
    this.#child.on("exit", (code, signal) => {
      const error = `the process ended with ${code ?? signal}`;
      for (const [id, answer] of this.#answers) answer({ id, error });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @throws Error with the message of the error that the request caused, or when the process has ended. */
  async ask<Name extends keyof Names & string>(
    name: Name,
    ...argument: Parameters<Names[Name]>
  ): Promise<Awaited<ReturnType<Names[Name]>>> {
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#answers.set(id, resolve);
    this.#child.send({ id, name, argument: argument[0] });
    const answer = await promise;
    if ("error" in answer) throw new Error(`${name}: ${answer.error}`);
    return answer.answer as Awaited<ReturnType<Names[Name]>>;
  }

  /** Ends the process at once; the kernel closes its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}
