/** What proves a storage: cases for each rule, registered with vitest. */
export type { StorageContract, StorageFixture } from "./contract.ts";
export { storageContract } from "./storage-contract.ts";
export { compareWithMemory } from "./differential/cases.ts";
export { readEverything } from "./differential/answers.ts";
