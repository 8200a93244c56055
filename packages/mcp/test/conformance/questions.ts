import {
  createRequestStateCodec,
  type InputRequest,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { randomBytes } from "node:crypto";

/** Signs what a client has to send back. */
export const states = createRequestStateCodec<string>({ key: randomBytes(32) });

/** Asks the user for one field. */
export function askFor(
  message: string,
  field: string,
  type: "string" | "boolean" = "string",
): InputRequest {
  const requestedSchema = {
    type: "object" as const,
    properties: { [field]: type === "string" ? { type } : { type } },
    required: [field],
  };
  return inputRequired.elicit({ message, requestedSchema });
}

/** Asks the client's model. */
export function askModel(question: string, maxTokens: number): InputRequest {
  const messages = [{ role: "user" as const, content: { type: "text" as const, text: question } }];
  return inputRequired.createMessage({ messages, maxTokens });
}

/**
 * Asks for what the client has not answered yet.
 *
 * @param state sent along, signed, if it is given
 * @returns undefined once all is answered
 */
export async function missing(
  { mcpReq }: ServerContext,
  inputRequests: InputRequests,
  state?: string,
): Promise<InputRequiredResult | undefined> {
  const keys = Object.keys(inputRequests);
  const isAnswered = keys.every(
    (key) => inputResponse(mcpReq.inputResponses, key).kind !== "missing",
  );
  if (isAnswered && (state === undefined || mcpReq.requestState<string>() === state))
    return undefined;
  return inputRequired({
    inputRequests,
    ...(state !== undefined && { requestState: await states.mint(state) }),
  });
}
