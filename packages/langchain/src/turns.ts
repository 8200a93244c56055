/**
 * LangChain begins all calls of a message at once, and lets callbacks take their time before each. Here a call waits from
 * its beginning for those before it, so that a model that pushes and then reads in one message reads what it pushed.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  next<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
