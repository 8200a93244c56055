/** The names of this machine, without ports: as a Host header and an Origin have them. */
export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether a request's Host is one of these names, without ports. A page whose own name was bound to the server's address
 * (DNS rebinding) has another one.
 *
 * @example
 * ```ts
 * if (!isAllowedHost(request, ["mesh.acme.com"])) return new Response(null, { status: 403 });
 * ```
 */
export function isAllowedHost(request: Request, allowed: readonly string[] | "*"): boolean {
  return allowed === "*" || includes(allowed, hostnameOf(`http://${hostOf(request)}`));
}

/** Whether a request has no Origin, as those of programs, or one of these host names, without scheme and port. */
export function isAllowedOrigin({ headers }: Request, allowed: readonly string[]): boolean {
  const origin = headers.get("origin");
  return origin === null || includes(allowed, hostnameOf(origin));
}

/** The host name of a URL, without its port; undefined if it is none. */
export function hostnameOf(url: string): string | undefined {
  return URL.parse(url)?.hostname;
}

function hostOf({ headers, url }: Request): string {
  return headers.get("host") ?? new URL(url).host;
}

/** Names of URLs are in lower case. */
function includes(allowed: readonly string[], name: string | undefined): boolean {
  return name !== undefined && allowed.some((each) => each.toLowerCase() === name);
}
