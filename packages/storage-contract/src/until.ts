/** How often to look. */
const EVERY_MS = 5;
const PATIENCE_MS = 60_000;

/** Waits until something is true that nothing announces. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isTrue()); waited += EVERY_MS) {
    if (waited > PATIENCE_MS) throw new Error(`It did not come true that ${what}.`);
    await new Promise((resolve) => {
      setTimeout(resolve, EVERY_MS);
    });
  }
}
