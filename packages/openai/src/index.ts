export { answerChat } from "./chat/answer-chat.ts";
export { chatMessage } from "./chat/chat-message.ts";
export { chatTools } from "./chat/chat-tools.ts";
export { type RunnableMeshTool, runnableTools } from "./chat/runnable-tools.ts";
export { customTools, type ParseableTool, type RunnableTool } from "./custom-tools.ts";
export { answerResponse } from "./responses/answer-response.ts";
export { responseTools } from "./responses/response-tools.ts";
export type { StrictOption } from "./strict-option.ts";
