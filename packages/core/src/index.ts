export { SynthaError, isSynthaError } from "./error/syntha-error.ts";
export { decide } from "./decide/decide.ts";
export { MemoryStorage } from "./memory/memory-storage.ts";
