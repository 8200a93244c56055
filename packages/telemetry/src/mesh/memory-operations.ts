import type { OperationName } from "@syntha/core";

/** The memory operations of the GenAI conventions. */
const MEMORY_OPERATIONS: { readonly [N in OperationName]?: string } = {
  push: "upsert_memory",
  pushMany: "upsert_memory",
  update: "upsert_memory",
  merge: "upsert_memory",
  append: "upsert_memory",
  increment: "upsert_memory",
  restore: "upsert_memory",
  complete: "update_memory",
  handOff: "update_memory",
  get: "search_memory",
  getItem: "search_memory",
  getItems: "search_memory",
  getMany: "search_memory",
  getAll: "search_memory",
  keys: "search_memory",
  keysByTopic: "search_memory",
  list: "search_memory",
  waitFor: "search_memory",
  delete: "delete_memory",
  deleteMany: "delete_memory",
  clear: "delete_memory",
};

export function memoryOperation(name: OperationName): string | undefined {
  return MEMORY_OPERATIONS[name];
}

/** A memory operation has the name of the conventions, any other the name of its method. */
export function spanName(name: OperationName): string {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return MEMORY_OPERATIONS[name] ?? `syntha.${snake}`;
}
