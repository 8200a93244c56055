/** What proves a storage: cases for each rule, registered with vitest. */
export type { StorageContract, StorageFixture } from "./fixture.ts";
export { storageContract } from "./storage-contract.ts";
