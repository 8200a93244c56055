export { hostnameOf, isAllowedHost, isAllowedOrigin, LOOPBACK_HOSTS } from "./allowed-hosts.ts";
export { bearerTokenOf } from "./bearer-token.ts";
export type { HttpHandler } from "./http-handler.ts";
export { equalHashes, hashToken, newToken } from "./token-hash.ts";
