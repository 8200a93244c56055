import type { SystemContext } from "@syntha/core";
import type { LiveMessage } from "../../api/index.ts";
import { MAX_PAGE } from "../limits.ts";
import type { Feed } from "./feed.ts";
import type { SentChange } from "./live-message.ts";

/** The view of one agent, beside the feed of all changes. */
export class AgentLens {
  readonly agent: string;
  /** The agent's own. */
  readonly feed: Feed;
  readonly #system: SystemContext;
  /** Keys whose visibility changed, with what it is now. */
  #changed = new Map<string, boolean>();

  constructor(agent: string, feed: Feed, system: SystemContext) {
    this.agent = agent;
    this.feed = feed;
    this.#system = system;
  }

  /** How many keys wait to be taken. */
  get size(): number {
    return this.#changed.size;
  }

  /** @param change of the agent's own feed */
  note({ message }: SentChange): void {
    if (message.type === "put") this.#changed.set(message.item.key, true);
    else if (message.type === "hide") this.#changed.set(message.key, false);
  }

  /** What changed for the agent since the last call. */
  take(): readonly LiveMessage[] {
    const changed = [...this.#changed];
    this.#changed = new Map();
    return [true, false].flatMap((visible) => {
      const keys = changed.flatMap(([key, isVisible]) => (isVisible === visible ? [key] : []));
      return pagesOf(keys).map((page): LiveMessage => ({
        type: "visibility",
        agent: this.agent,
        visible,
        keys: page,
      }));
    });
  }

  /** The changes, each item with whether the agent sees it now. */
  async mark(changes: readonly SentChange[]): Promise<readonly SentChange[]> {
    const keys = changes.flatMap(({ message }) => (message.type === "put" ? message.item.key : []));
    if (keys.length === 0) return changes;
    const explanations = await this.#system.explainMany(this.agent, [...new Set(keys)]);
    const visible = new Map(explanations.map((each) => [each.key, each.visible]));
    return changes.map(({ message, cursor }) => {
      if (message.type !== "put") return { message, cursor };
      const item = { ...message.item, visible: visible.get(message.item.key) };
      return { message: { ...message, item }, cursor };
    });
  }
}

function pagesOf(keys: readonly string[]): readonly (readonly string[])[] {
  const pages: string[][] = [];
  for (let at = 0; at < keys.length; at += MAX_PAGE) pages.push(keys.slice(at, at + MAX_PAGE));
  return pages;
}
