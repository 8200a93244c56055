import { validateHostHeader, validateOriginHeader } from "@modelcontextprotocol/server";
import { rejection } from "./rejection.ts";

/** Refuses a request whose Host shows that a web page's own name was bound to the server's address. */
export function refuseHost(
  { headers, url }: Request,
  allowed: readonly string[] | "*",
): Response | undefined {
  const host = headers.get("host") ?? new URL(url).host;
  if (allowed === "*" || validateHostHeader(host, lowerCase(allowed)).ok) return undefined;
  return rejection(403, "This Host is not allowed.");
}

/** Refuses a request of a foreign web page. */
export function refuseOrigin(
  { headers }: Request,
  allowed: readonly string[],
): Response | undefined {
  if (validateOriginHeader(headers.get("origin"), lowerCase(allowed)).ok) return undefined;
  return rejection(403, "This Origin is not allowed.");
}

/** As the names of a URL are. */
function lowerCase(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase());
}
