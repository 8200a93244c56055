export { openStorage } from "./command/storage.ts";
export { UsageError } from "./command/usage-error.ts";
