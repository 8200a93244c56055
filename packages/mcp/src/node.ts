export { listen, type ListenOptions, type NodeListener } from "./http/node-listener.ts";
export { type TokenFile, tokenFile, type TokenFileOptions } from "./identity/token-file.ts";
