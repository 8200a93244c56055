export { answerChat, chatTools } from "./chat-completions.ts";
export { chatMessage } from "./chat-message.ts";
export { customTools, type ParseableTool, type RunnableTool } from "./custom-tools.ts";
export { answerResponse, responseTools } from "./responses.ts";
export { type RunnableMeshTool, runnableTools } from "./runnable-tools.ts";
export type { StrictOption } from "./strict-mode.ts";
