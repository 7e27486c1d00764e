export const metadata = { title: "A console with Next.js", icons: "data:," };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body style={{ margin: 0, fontFamily: "system-ui, sans-serif" }}>{children}</body>
    </html>
  );
}
