// Programs that tests start load the packages as users do, bundled: in a fifth of the time that their sources take.
import { bundlePackages } from "./bundle-packages.mjs";

/** @param {import("vitest/node").TestProject} project */
export default async function setup(project) {
  await bundle();
  project.onTestsRerun(bundle);
}

/** A source that can't be bundled, such as a file that is being written, concerns only the tests of its package. */
async function bundle() {
  try {
    await bundlePackages();
  } catch (error) {
    console.error("Programs that tests start run on older bundles of some packages:", error);
  }
}
