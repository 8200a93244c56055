export type { SynthaStoreOptions, TimeToLive } from "./options.ts";
export { SynthaStore } from "./syntha-store.ts";
export type { PutOptions } from "./timed-puts.ts";
