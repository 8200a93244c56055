/**
 * From this file to the page that the build writes. The build moves code into `dist`, from which the path is the same, as
 * this file is at the root of `src`. A bundler that took the page for its own asset would copy it.
 */
const PAGE = "../dist/app.html";

/** Studio's page. Throws in bundles that know no address of their own. */
export function pageFile(): URL {
  return new URL(PAGE, import.meta.url);
}
