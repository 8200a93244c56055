import { TOOL_NAMES, type ToolName } from "../tools/index.ts";
import { checkToolNames } from "./role.ts";

/** A handler's allow or deny list. A change applies to the next call and listing. */
export class ToolList {
  readonly #path: string;
  /** What the list holds while nothing was set. */
  readonly #unset: readonly ToolName[];
  #names: Set<ToolName> | undefined;

  constructor(path: "allow" | "deny", names: readonly ToolName[] | null | undefined) {
    this.#path = path;
    this.#unset = path === "allow" ? TOOL_NAMES : [];
    this.set(names ?? null);
  }

  /** A copy; null if nothing is set, which allows all tools, or denies none. */
  get names(): readonly ToolName[] | null {
    return this.#names === undefined ? null : [...this.#names];
  }

  has(name: ToolName): boolean {
    return this.#names?.has(name) ?? this.#unset.includes(name);
  }

  /** Replaces the list; `[]` is an empty list, null removes the list. */
  set(names: readonly ToolName[] | null): void {
    this.#names = names === null ? undefined : new Set(checkToolNames(this.#path, names));
  }

  add(...names: ToolName[]): void {
    this.set([...(this.#names ?? this.#unset), ...checkToolNames(this.#path, names)]);
  }

  remove(...names: ToolName[]): void {
    const gone = new Set(checkToolNames(this.#path, names));
    this.set([...(this.#names ?? this.#unset)].filter((name) => !gone.has(name)));
  }
}
