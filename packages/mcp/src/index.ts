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
export { type McpHandler, mcpHandler } from "./http/mcp-handler.ts";
export type { McpHandlerOptions, MeshOf, ResourceOptions } from "./http/options.ts";
export type { Authenticate, Identity } from "./identity/identity.ts";
export type { JwtClaims } from "./identity/jwt-claims.ts";
export { type JwtOptions, jwtTokens } from "./identity/jwt-tokens.ts";
export { type Scope, SCOPES } from "./identity/scope.ts";
export { staticTokens } from "./identity/static-tokens.ts";
export type { TokenEntries, TokenEntry } from "./identity/token-entry.ts";
