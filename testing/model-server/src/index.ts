export { type AnsweredCall, Conversation, type OfferedTool } from "./conversation.ts";
export type { SentRequest } from "./front.ts";
export { ModelServer } from "./model-server.ts";
export { overhear } from "./overhear.ts";
export type { Play, PlayedCall, Turn } from "./play.ts";
export { shareOrRead } from "./share-or-read.ts";
