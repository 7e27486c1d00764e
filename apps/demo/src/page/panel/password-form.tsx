import { type SubmitEvent, useId } from "react";

interface PasswordFormProps {
  /** Whether the last one was wrong. */
  readonly rejected: boolean;
  readonly onPassword: (password: string) => void;
}

/** Prompts for the password of a machine's console. */
export function PasswordForm({ rejected, onPassword }: PasswordFormProps) {
  const id = useId();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("password");
    if (typeof given === "string") onPassword(given);
  };
  return (
    <form className="card" onSubmit={submit}>
      <h3>This machine requires a password</h3>
      {rejected && <p role="alert">The password is wrong.</p>}
      <label htmlFor={id}>Password</label>
      <input id={id} name="password" type="password" autoComplete="off" autoFocus required />
      <button type="submit" className="primary">
        Unlock
      </button>
    </form>
  );
}
