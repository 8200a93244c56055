import type { PageQuery, ViewQuery } from "./scope.ts";

export interface TopicsQuery extends ViewQuery, PageQuery {
  prefix?: string | undefined;
}

/** A page of topics, by name. */
export interface TopicPage {
  readonly topics: readonly TopicSummary[];
  readonly nextPage?: string | undefined;
}

export interface TopicSummary {
  readonly name: string;
  readonly items: number;
  readonly subscribers: number;
}
