// Adds up vitest's JSON reports of a folder: `node sum-reports.mjs <failed steps> <folder>`. Prints "N passed, N failed"
// and ends with 1 unless all is well. A file that could not be collected fails too, and a run that ended badly though
// each of its tests passed: an error outside of any test.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [failedSteps, folder] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));

let passed = 0;
let failed = Number(failedSteps);
for (const name of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
  const { numPassedTests, numFailedTests, testResults } = read(name);
  const uncollected = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const failures = numFailedTests + uncollected.length;
  passed += numPassedTests;
  failed += read(`${name}.exit-code`) === 0 ? failures : Math.max(failures, 1);
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
