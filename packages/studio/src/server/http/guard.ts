import { isAllowedHost, isAllowedOrigin } from "@syntha/http";
import type { CheckedOptions } from "../options.ts";
import { StudioError } from "./studio-error.ts";

/** @throws FORBIDDEN_ORIGIN if a web page's own name was bound to the server's address */
export function checkHost(request: Request, { allowedHosts }: CheckedOptions): void {
  if (isAllowedHost(request, allowedHosts)) return;
  throw new StudioError(
    "FORBIDDEN_ORIGIN",
    "This Host is not allowed.",
    "Name it in `allowedHosts` of studioHandler, or open Studio by an allowed one.",
  );
}

/** What browsers say of a page that has another origin: one on another port of this machine is of the same site. */
const FOREIGN_SITES = ["cross-site", "same-site"];

/** @throws FORBIDDEN_ORIGIN for a request of a foreign web page */
export function checkOrigin(request: Request, { allowedOrigins }: CheckedOptions): void {
  const { headers } = request;
  const origin = headers.get("origin");
  const isForeign =
    origin === null
      ? FOREIGN_SITES.includes(headers.get("sec-fetch-site") ?? "")
      : !isOwn(origin, request) && !isAllowedOrigin(request, allowedOrigins);
  if (!isForeign) return;
  throw new StudioError(
    "FORBIDDEN_ORIGIN",
    "This Origin is not allowed.",
    "Name its host in `allowedOrigins` of studioHandler.",
  );
}

/** Whether the page came from the host and port that the request goes to. A proxy may have changed the scheme. */
function isOwn(origin: string, { headers, url }: Request): boolean {
  return URL.parse(origin)?.host === (headers.get("host") ?? new URL(url).host).toLowerCase();
}
