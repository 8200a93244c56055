import { DeskError } from "../desk/desk-error.ts";
import type { Mind, Occasion } from "../mind.ts";
import type { Authorisation } from "../rules/authorisation.ts";
import type { Triage } from "../rules/triage.ts";
import type { Ticket } from "../tickets/ticket.ts";
import { answerDuty } from "./duties/answer.ts";
import { authoriseDuty } from "./duties/authorise.ts";
import type { Duty } from "./duties/duty.ts";
import { retainDuty } from "./duties/retain.ts";
import { triageDuty } from "./duties/triage.ts";
import { Gate } from "./gate.ts";
import { Inquiry } from "./inquiry.ts";
import type { ContextWay } from "./model-choice.ts";
import type { ModelRun } from "./model-run.ts";
import type { Transcript } from "./transcript.ts";

export type ModelMindOptions = {
  run: ModelRun;
  /** For people. */
  name: string;
  /** Makes of what a request threw what the desk should know. */
  toFailure: (error: unknown) => Error;
  context: ContextWay;
  /** Decisions asked for at the same time. */
  parallel: number;
  /** Decides where the model comes to nothing. */
  fallback?: Mind | undefined;
  transcript?: Transcript | undefined;
};

/** Lets a model decide, each decision in a run of its own that sees what the agent sees. */
export class ModelMind implements Mind {
  readonly #options: ModelMindOptions;
  readonly #gate: Gate;

  constructor(options: ModelMindOptions) {
    this.#options = options;
    this.#gate = new Gate(options.parallel);
  }

  triage(ticket: Ticket, at: Occasion): Promise<Triage> {
    return this.#decide(triageDuty, ticket, at, (mind) => mind.triage(ticket, at));
  }

  answer(ticket: Ticket, triage: Triage, at: Occasion): Promise<string> {
    return this.#decide(answerDuty, ticket, at, (mind) => mind.answer(ticket, triage, at));
  }

  authorise(triage: Triage, at: Occasion): Promise<Authorisation> {
    return this.#decide(authoriseDuty, triage, at, (mind) => mind.authorise(triage, at));
  }

  retain(ticket: Ticket, triage: Triage, allowed: Authorisation, at: Occasion): Promise<string> {
    return this.#decide(retainDuty, { ...ticket, allowed }, at, (mind) =>
      mind.retain(ticket, triage, allowed, at),
    );
  }

  /** @throws Error when no decision came; DeskError when none will come */
  async #decide<Told, Known, Decision>(
    duty: Duty<Told, Known, Decision>,
    known: Known,
    at: Occasion,
    fallBack: (mind: Mind) => Decision | Promise<Decision>,
  ): Promise<Decision> {
    const { run, name, context, toFailure, fallback, transcript } = this.#options;
    const { decision, failure } = await this.#gate.pass(async () => {
      at.signal.throwIfAborted();
      const inquiry = new Inquiry(duty, known, at, context);
      await inquiry.ask(run, toFailure);
      await transcript?.add(inquiry.entry(name));
      return inquiry;
    });
    if (decision !== undefined) return decision.value;
    if (fallback === undefined || failure instanceof DeskError || at.signal.aborted) throw failure;
    at.who.meter.model.add(at.who.name, { fallbacks: 1 });
    return fallBack(fallback);
  }
}
