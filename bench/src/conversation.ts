import { ContextMesh, type Storage, type Watch } from "@syntha/core";

/** Between two questions, which are not asked as fast as possible. */
export const PAUSE_MS = 10;

/** A mesh of this process, which another one answers. */
export class Conversation {
  readonly #mesh: ContextMesh;
  readonly #answers: Watch;

  private constructor(mesh: ContextMesh, answers: Watch) {
    this.#mesh = mesh;
    this.#answers = answers;
  }

  static async start(storage: Storage): Promise<Conversation> {
    const mesh = new ContextMesh({ storage, sweepEvery: false });
    const agent = mesh.agent("Asker");
    await agent.subscribe(["answers"]);
    const answers = agent.watch({ topics: ["answers"], initial: true });
    const { value } = await answers.next();
    if (value?.type !== "ready") throw new Error("There was an answer before any question.");
    return new Conversation(mesh, answers);
  }

  /** Makes a change, and waits until the watch emits the change that answers it. */
  async ask(question: number): Promise<void> {
    await this.#mesh.agent("Asker").push("question", question, { topics: ["questions"] });
    const { value } = await this.#answers.next();
    if (value?.type !== "put" || value.item.value !== question)
      throw new Error(`Not the answer to question ${question}.`);
  }

  close(): Promise<void> {
    return this.#mesh.close();
  }
}
