/** Lets one loop sleep until something happens, or for a while; what happens while it is awake is not forgotten. */
export class Nudge {
  #isDue = false;
  #wake: (() => void) | undefined;

  readonly now = (): void => {
    this.#isDue = true;
    this.#wake?.();
  };

  async sleep(atMostMs: number): Promise<void> {
    if (!this.#isDue) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMostMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wake = undefined;
    this.#isDue = false;
  }
}
