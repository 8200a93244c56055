// Programs that tests start load the packages as users do, bundled: in a fifth of the time that their sources take.
import { bundlePackages } from "./bundle-packages.mjs";

/** @param {import("vitest/node").TestProject} project */
export default async function setup(project) {
  await bundlePackages();
  project.onTestsRerun(bundlePackages);
}
