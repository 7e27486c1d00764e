import { type SubmitEvent, useId } from "react";

/** Prompts for the password of a machine's console. */
export function PasswordForm({ onPassword }: { readonly onPassword: (password: string) => void }) {
  const id = useId();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("password");
    if (typeof given === "string") onPassword(given);
  };
  return (
    <form className="card" onSubmit={submit}>
      <h3>This machine requires a password</h3>
      <label htmlFor={id}>Password</label>
      <input id={id} name="password" type="password" autoComplete="off" autoFocus required />
      <button type="submit" className="primary">
        Unlock
      </button>
    </form>
  );
}
