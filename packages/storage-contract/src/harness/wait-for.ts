const POLL_MS = 5;
const TIMEOUT_MS = 60_000;

/** Polls until a condition holds. */
export async function waitFor(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
): Promise<void> {
  for (let waited = 0; !(await isTrue()); waited += POLL_MS) {
    if (waited > TIMEOUT_MS) throw new Error(`Timed out waiting until ${what}.`);
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
}
