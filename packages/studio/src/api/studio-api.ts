import type {
  DeleteAnswer,
  KeyBody,
  PermissionsBody,
  PushAnswer,
  PushBody,
  ReleaseAnswer,
  ReleaseBody,
  RestoreBody,
  RetryAllAnswer,
  RetryAnswer,
  SayBody,
  SubscriptionAnswer,
  SubscriptionBody,
  TenantBody,
} from "./action.ts";
import type { AgentPage, AgentsQuery } from "./agent.ts";
import type { AudienceQuery, ItemAudience } from "./audience.ts";
import type { EventPage, EventsQuery } from "./event.ts";
import type { GraphQuery, RoutingGraph } from "./graph.ts";
import type {
  ItemDetail,
  ItemHistory,
  ItemPage,
  ItemQuery,
  ItemsQuery,
  KeyQuery,
  Visibility,
} from "./item.ts";
import type { LogPage, LogQuery } from "./log.ts";
import type { Overview } from "./overview.ts";
import type { PromptPreview, PromptQuery } from "./prompt.ts";
import type { MomentQuery, ViewQuery } from "./scope.ts";
import type { Session } from "./session.ts";
import type { TaskBoard, TasksQuery } from "./task.ts";
import type { TenantPage, TenantsQuery } from "./tenant.ts";
import type { TopicPage, TopicsQuery } from "./topic.ts";
import type { KeyTree, TreeQuery } from "./tree.ts";

/**
 * The requests that read: `GET` with this query, answered with this JSON. Paths are relative to the page, which may be
 * mounted anywhere. Names and keys are always values of the query, never parts of a path, so that any character works.
 * Every request carries `Authorization: Bearer TOKEN` if the page was opened with `#token=TOKEN` (or `?token=TOKEN`);
 * keep the token in sessionStorage, and take it out of the address at once. `#ticket=TICKET` is exchanged for it by `POST
 * api/ticket` ({@link TicketBody}). Without one, cookies of the embedding app do.
 * Errors are a {@link StudioFailure}. The stream `api/live` is described at {@link LiveQuery}.
 */
export interface StudioReads {
  "api/session": { query: Readonly<Record<never, never>>; answer: Session };
  "api/overview": { query: MomentQuery; answer: Overview };
  "api/items": { query: ItemsQuery; answer: ItemPage };
  "api/visibility": { query: ViewQuery & { as: string }; answer: Visibility };
  "api/item": { query: ItemQuery; answer: ItemDetail };
  "api/item/history": { query: KeyQuery; answer: ItemHistory };
  "api/item/audience": { query: AudienceQuery; answer: ItemAudience };
  "api/tree": { query: TreeQuery; answer: KeyTree };
  "api/topics": { query: TopicsQuery; answer: TopicPage };
  "api/agents": { query: AgentsQuery; answer: AgentPage };
  "api/events": { query: EventsQuery; answer: EventPage };
  "api/tasks": { query: TasksQuery; answer: TaskBoard };
  "api/graph": { query: GraphQuery; answer: RoutingGraph };
  "api/log": { query: LogQuery; answer: LogPage };
  "api/prompt": { query: PromptQuery; answer: PromptPreview };
  "api/tenants": { query: TenantsQuery; answer: TenantPage };
}

/** The requests that write: `POST` with this JSON body and `Content-Type: application/json`. Only if `session.write`. */
export interface StudioActions {
  "api/push": { body: PushBody; answer: PushAnswer };
  "api/delete": { body: KeyBody; answer: DeleteAnswer };
  "api/retry": { body: KeyBody; answer: RetryAnswer };
  "api/retry-all": { body: TenantBody; answer: RetryAllAnswer };
  "api/release": { body: ReleaseBody; answer: ReleaseAnswer };
  "api/restore": { body: RestoreBody; answer: PushAnswer };
  "api/subscribe": { body: SubscriptionBody; answer: SubscriptionAnswer };
  "api/unsubscribe": { body: SubscriptionBody; answer: SubscriptionAnswer };
  "api/say": { body: SayBody; answer: PushAnswer };
  "api/permissions": { body: PermissionsBody; answer: SubscriptionAnswer };
}
