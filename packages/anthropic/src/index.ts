export { type AnsweredMessage, answerMessage, type AnswerMessage } from "./answer-message.ts";
export { type MessageTool, messageTools, type MessageToolsOptions } from "./message-tools.ts";
export { customTools, type RunnableTool } from "./custom-tools.ts";
export { runnableTools } from "./runnable-tools.ts";
