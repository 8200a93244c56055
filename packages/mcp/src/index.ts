export type { AgentServerOptions, Approval, ServerInfo, TraceContext } from "./agent/options.ts";
export { CURSOR_META_KEY } from "./changes/resource-event.ts";
export type { AgentProfileResource, AgentsResource } from "./resources/agents-resource.ts";
export type {
  ChangeResource,
  ChangesResource,
  EventResource,
} from "./resources/changes-resource.ts";
export type {
  ItemHeaderResource,
  ItemResource,
  UnreadableItemResource,
} from "./resources/item-resource.ts";
export {
  AGENTS_URI,
  CHANGES_URI,
  changesUri,
  itemUri,
  topicUri,
} from "./resources/resource-uri.ts";
export type { TopicResource } from "./resources/topic-resource.ts";
