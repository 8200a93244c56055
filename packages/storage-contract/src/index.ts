/** Vitest cases that prove a storage. */
export type { Scope, StorageContract, StorageFixture } from "./contract.ts";
export { storageContract } from "./storage-contract.ts";
export { readEverything } from "./differential/answers.ts";
