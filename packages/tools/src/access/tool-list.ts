import { TOOL_NAMES, type ToolName } from "../tools/index.ts";
import { checkToolNames } from "./role.ts";

/**
 * The allow or deny list of a handler. A change applies to the next call and listing.
 *
 * @example
 * handler.deny.add("push_context");
 * handler.allow.set(["get_context"]);
 */
export class ToolList {
  readonly #path: string;
  /** The list if none is set. */
  readonly #unset: readonly ToolName[];
  #names: Set<ToolName> | undefined;

  constructor(path: "allow" | "deny", names: readonly ToolName[] | null | undefined) {
    this.#path = path;
    this.#unset = path === "allow" ? TOOL_NAMES : [];
    this.set(names ?? null);
  }

  /** A copy; null if no list is set: all tools are allowed, or none denied. */
  get names(): readonly ToolName[] | null {
    return this.#names === undefined ? null : [...this.#names];
  }

  has(name: ToolName): boolean {
    return this.#names?.has(name) ?? this.#unset.includes(name);
  }

  /** Replaces the list; `[]` is an empty list, null removes the list. @throws INVALID_ARGUMENTS for unknown tools */
  set(names: readonly ToolName[] | null): void {
    this.#names = names === null ? undefined : new Set(checkToolNames(this.#path, names));
  }

  /** @throws INVALID_ARGUMENTS for unknown tools */
  add(...names: ToolName[]): void {
    this.set([...(this.#names ?? this.#unset), ...checkToolNames(this.#path, names)]);
  }

  /** @throws INVALID_ARGUMENTS for unknown tools */
  remove(...names: ToolName[]): void {
    const removed = new Set(checkToolNames(this.#path, names));
    this.set([...(this.#names ?? this.#unset)].filter((name) => !removed.has(name)));
  }
}
