import type { TenantQuery } from "./scope.ts";

export interface PromptQuery extends TenantQuery {
  /** The agent whose prompt it is. */
  as: string;
  /** Tokens that each block may use: 64 to 200,000. @default 4_000 */
  budget?: number | undefined;
  /** A cursor: the delta has what changed for the agent after it. @default no delta */
  since?: string | undefined;
  /** Only this topic. */
  topic?: string | undefined;
}

/** What the agent's next prompt would contain. Tokens are estimates: usually up to a third too high. */
export interface PromptPreview {
  readonly full: PromptBlock & {
    /** Keys in the order of the text. */
    readonly included: readonly { readonly key: string; readonly tokens: number }[];
    readonly omitted: readonly {
      readonly key: string;
      readonly reason: "budget" | "share" | "too_large" | "unreadable";
      readonly tokens?: number | undefined;
    }[];
  };
  /** Undefined without `since`. */
  readonly delta?: (PromptBlock & { readonly more: boolean }) | undefined;
  /** The definitions of the default tools, as they are sent with each request. */
  readonly tools: { readonly count: number; readonly tokens: number };
  /** The cursor of this moment: pass it as `since` later. */
  readonly cursor: string;
}

export interface PromptBlock {
  /** The text with its fence; empty if there is nothing to include. */
  readonly text: string;
  readonly tokens: number;
}
