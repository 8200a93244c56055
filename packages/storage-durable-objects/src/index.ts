export { DurableObjectStorage } from "./durable-object-storage.ts";
export type { DurableObjectStorageOptions, TenantNamespace } from "./options.ts";
