/** What proves a storage: cases for each rule, registered with vitest. */
export type { StorageContract, StorageFixture } from "./fixture.ts";
export { storageContract } from "./storage-contract.ts";
export { sameAsMemory } from "./same-as-memory/index.ts";
export { everyAnswer } from "./same-as-memory/every-answer.ts";
