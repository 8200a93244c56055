const STORED = "syntha-studio-token";

/**
 * Takes the token out of the address, where it would stay in the history and in copied links, and keeps it for this tab.
 */
function takeToken(): string | undefined {
  const query = new URLSearchParams(location.search);
  const fragment = new URLSearchParams(location.hash.replace(/^#(?!\/)/, ""));
  const token =
    query.get("token") ?? (location.hash.startsWith("#/") ? null : fragment.get("token"));
  if (token !== null) {
    query.delete("token");
    const rest = query.toString();
    const hash = location.hash.startsWith("#/") ? location.hash : "";
    history.replaceState(null, "", `${location.pathname}${rest === "" ? "" : `?${rest}`}${hash}`);
  }
  try {
    if (token !== null) sessionStorage.setItem(STORED, token);
    return token ?? sessionStorage.getItem(STORED) ?? undefined;
  } catch {
    return token ?? undefined; // No storage in a sandboxed frame: the token lasts as long as the page.
  }
}

const token = takeToken();

/** The headers by which the server knows this page. */
export function authorization(): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
