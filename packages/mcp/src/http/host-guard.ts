import { isAllowedHost, isAllowedOrigin } from "@syntha/http";
import { rejection } from "./rejection.ts";

/** Refuses a request whose Host shows that a web page's own name was bound to the server's address. */
export function refuseHost(
  request: Request,
  allowed: readonly string[] | "*",
): Response | undefined {
  return isAllowedHost(request, allowed) ? undefined : rejection(403, "This Host is not allowed.");
}

/** Refuses a request of a foreign web page. */
export function refuseOrigin(request: Request, allowed: readonly string[]): Response | undefined {
  return isAllowedOrigin(request, allowed)
    ? undefined
    : rejection(403, "This Origin is not allowed.");
}
