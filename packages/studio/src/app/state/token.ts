const STORED = "syntha-studio-token";

/** Takes the token or the ticket out of the address, where it would stay in the history and in copied links. */
function takeFromAddress(): { readonly token: string | null; readonly ticket: string | null } {
  const query = new URLSearchParams(location.search);
  const isPlace = location.hash.startsWith("#/");
  const fragment = new URLSearchParams(isPlace ? "" : location.hash.replace(/^#/, ""));
  const token = query.get("token") ?? fragment.get("token");
  const ticket = fragment.get("ticket");
  if (token !== null || ticket !== null) {
    query.delete("token");
    const rest = query.toString();
    const hash = isPlace ? location.hash : "";
    history.replaceState(null, "", `${location.pathname}${rest === "" ? "" : `?${rest}`}${hash}`);
  }
  return { token, ticket };
}

const given = takeFromAddress();
let token = given.token ?? storedToken();
/** What the token can be had for, until it is kept. */
let ticket = given.ticket;
if (given.token !== null) keepToken(given.token);

export function currentTicket(): string | undefined {
  return ticket ?? undefined;
}

/** Keeps the token for this tab. */
export function keepToken(kept: string): void {
  token = kept;
  ticket = null;
  try {
    sessionStorage.setItem(STORED, kept);
  } catch {
    // No storage in a sandboxed frame: the token lasts as long as the page.
  }
}

function storedToken(): string | undefined {
  try {
    return sessionStorage.getItem(STORED) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The headers by which the server knows this page. */
export function authorization(): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
