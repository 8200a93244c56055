const BEARER = /^bearer +(?<token>[A-Za-z0-9\-._~+/]+=*) *$/i;

/** The token of a request's `Authorization: Bearer` header; undefined without one. */
export function bearerTokenOf({ headers }: Request): string | undefined {
  return BEARER.exec(headers.get("authorization") ?? "")?.groups?.["token"];
}
