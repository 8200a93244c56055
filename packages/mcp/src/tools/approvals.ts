import {
  createRequestStateCodec,
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type RequestStateCodec,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { type AgentContext, SynthaError } from "@syntha/core";
import type { Approval } from "../agent/options.ts";
import { canAskUser } from "./client-capabilities.ts";
import { type Deletion, describeDeletion } from "./deletion.ts";
import { fingerprint } from "./fingerprint.ts";
import { usedOnce } from "./used-states.ts";

/** How long a user has time to answer, in seconds. */
const EXPIRY_SECONDS = 300;

/** The question's key among the inputs that a result requires. */
const QUESTION = "approval";

/** What a client carries from a question to its answer, signed. The signature also covers tenant and agent. */
interface ApprovalState {
  readonly tool: string;
  /** Hash of the arguments. */
  readonly args: string;
  /** What exists at the time of the question, such as the item's revision. */
  readonly target: string;
  /** Random: a state is accepted once. */
  readonly id: string;
}

/** A call with the effect `destroy`. */
export interface DestroyCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Whether a call may run, with which arguments; or the question for the client's user. */
export type Decision =
  | { readonly run: true; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly run: false; readonly question: InputRequiredResult }
  | { readonly run: false; readonly denied: SynthaError };

let processKey: Uint8Array | undefined;

/** Asks the user of an agent's client before a call destroys something. */
export class Approvals {
  readonly #agent: AgentContext;
  readonly #otherwise: Approval;
  readonly #codec: RequestStateCodec<ApprovalState>;

  /**
   * @param otherwise what to do if the client can't ask
   * @param key at least 32 bytes; random for this process by default
   */
  constructor(agent: AgentContext, otherwise: Approval, key: Uint8Array | string | undefined) {
    this.#agent = agent;
    this.#otherwise = otherwise;
    const { tenantId, name } = agent;
    const principal = JSON.stringify([tenantId, name]);
    this.#codec = createRequestStateCodec<ApprovalState>({
      key: key ?? (processKey ??= crypto.getRandomValues(new Uint8Array(32))),
      ttlSeconds: EXPIRY_SECONDS,
      bind: () => principal,
    });
  }

  /** For the options of the SDK's server, which then refuses states that this agent was not given. */
  readonly verify = (state: string, context: ServerContext): Promise<ApprovalState> =>
    this.#codec.verify(state, context);

  /** @throws ProtocolError for the state of another call, or one that was used */
  async decide(call: DestroyCall, server: Server, context: ServerContext): Promise<Decision> {
    const canAsk = canAskUser(server, context);
    if (!canAsk && this.#otherwise === "allow") return { run: true, arguments: call.arguments };
    const deletion = await describeDeletion(this.#agent, call);
    if (deletion.message === undefined) return { run: true, arguments: deletion.arguments };
    if (!canAsk) return { run: false, denied: unattended(call) };
    const args = await fingerprint(call.arguments);
    const state = context.mcpReq.requestState<ApprovalState>();
    if (state === undefined) return this.#ask(call, args, deletion, context);
    if (state.tool !== call.name || state.args !== args) throw invalidState();
    const answer = inputResponse(context.mcpReq.inputResponses, QUESTION);
    // What the user saw has changed, or there is no answer.
    if (state.target !== deletion.target || answer.kind !== "elicit")
      return this.#ask(call, args, deletion, context);
    if (!usedOnce(state.id, EXPIRY_SECONDS)) throw invalidState();
    return answer.action === "accept"
      ? { run: true, arguments: deletion.arguments }
      : { run: false, denied: declined(call) };
  }

  async #ask(
    { name: tool }: DestroyCall,
    args: string,
    { target, message = "" }: Deletion,
    context: ServerContext,
  ): Promise<Decision> {
    const state = { tool, args, target, id: crypto.randomUUID() };
    const question = inputRequired({
      inputRequests: {
        // Accepting it is the answer: a form without fields.
        [QUESTION]: inputRequired.elicit({
          message,
          requestedSchema: { type: "object", properties: {} },
        }),
      },
      requestState: await this.#codec.mint(state, context),
    });
    return { run: false, question };
  }
}

/** As the SDK answers a state that it can't verify. */
function invalidState(): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, "Invalid or expired requestState", {
    reason: "invalid_request_state",
  });
}

function unattended({ name }: DestroyCall): SynthaError {
  return new SynthaError("TOOL_DENIED", `${name} needs a user's approval.`, {
    hint: "This client can't ask its user: report to your operator what should be deleted.",
  });
}

function declined({ name }: DestroyCall): SynthaError {
  return new SynthaError("TOOL_DENIED", `The user did not allow this call of ${name}.`, {
    hint: "Continue without it.",
  });
}
