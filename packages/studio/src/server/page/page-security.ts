/** The policy of a page whose only script and style are inline: they are named by their hashes. */
export async function pagePolicy(html: string, frameAncestors: readonly string[]): Promise<string> {
  const scripts = await hashesOf(html, /<script\b[^>]*>(?<text>[^]*?)<\/script>/g);
  const styles = await hashesOf(html, /<style\b[^>]*>(?<text>[^]*?)<\/style>/g);
  return [
    "default-src 'none'",
    `script-src ${sources(scripts)}`,
    `style-src ${sources(styles)}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${sources(frameAncestors)}`,
    "require-trusted-types-for 'script'",
  ].join("; ");
}

function sources(names: readonly string[]): string {
  return names.length === 0 ? "'none'" : names.join(" ");
}

async function hashesOf(html: string, element: RegExp): Promise<readonly string[]> {
  const texts = [...html.matchAll(element)].map(({ groups }) => groups?.["text"] ?? "");
  return Promise.all(texts.map(async (text) => `'sha256-${base64(await sha256(text))}'`));
}

export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
