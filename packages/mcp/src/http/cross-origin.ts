/** What web pages may read of an answer, beside its body. */
const EXPOSED = "WWW-Authenticate, Retry-After";

/** How long a browser may remember what it may send. */
const MAX_AGE_S = 7_200;

/**
 * Allows a page of another origin to send its request, before it does (CORS). The page's origin is checked before, if it
 * matters.
 * @returns undefined for a request that does not ask for it
 */
export function preflightAnswer(
  { method, headers }: Request,
  allowedMethods: string,
): Response | undefined {
  const isPreflight = method === "OPTIONS" && headers.has("access-control-request-method");
  if (!isPreflight || !headers.has("origin")) return undefined;
  const names = headers.get("access-control-request-headers");
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": allowedMethods,
      // The names of headers of tools and authenticators are not known here, and give a page no rights.
      ...(names !== null && { "access-control-allow-headers": names }),
      "access-control-max-age": String(MAX_AGE_S),
      vary: "Access-Control-Request-Headers",
    },
  });
}

/**
 * Lets pages of an origin, or of all (`"*"`), read an answer. Browsers send it no cookies: a page of another origin
 * authenticates by a header, which it can't send without knowing the token.
 */
export function exposeTo(origin: string, response: Response): Response {
  response.headers.set("access-control-allow-origin", origin);
  response.headers.set("access-control-expose-headers", EXPOSED);
  if (origin !== "*") response.headers.append("vary", "Origin");
  return response;
}
