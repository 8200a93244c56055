import { SynthaError } from "@syntha/core";
import { describe } from "@syntha/core/storage";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * An address whose answers can't be changed on the way: HTTPS, or HTTP on this machine.
 * @throws INVALID_ARGUMENTS
 */
export function toSecureUrl(path: string, text: string | URL): URL {
  const url = URL.parse(String(text));
  if (url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.test(url.hostname)))
    return url;
  throw new SynthaError("INVALID_ARGUMENTS", `Invalid \`${path}\`: ${describe(String(text))}.`, {
    hint: "Pass a whole address that begins with https://, or http:// for this machine.",
    details: { path },
  });
}
