import { Console } from "./console.jsx";

/** Rendered on the server, where an application would ask its gateway for a token. Here it stands in the address. */
export default async function Page({ searchParams }) {
  const { url, token } = await searchParams;
  return <Console url={url} token={token} />;
}
