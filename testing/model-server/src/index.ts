export { type AnsweredCall, Conversation, type OfferedTool } from "./conversation.ts";
export type { SentRequest } from "./vendor-proxy.ts";
export { ModelServer } from "./model-server.ts";
export { interceptCalls } from "./call-interceptor.ts";
export { callOnce, type Play, type ScriptedCall, type Turn } from "./play.ts";
export { shareOrRead } from "./share-or-read.ts";
