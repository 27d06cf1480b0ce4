// Holds the floor plan of .dependency-cruiser.mjs, and fails where nothing was looked at: a check of no modules finds no fault.
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const options = await extractDepcruiseOptions('./.dependency-cruiser.mjs');
const { output } = await cruise(['src'], options, undefined, { tsConfig: extractTSConfig('./tsconfig.json') });
const { violations, totalCruised, error } = output.summary;
for (const { rule, from, to } of violations) console.error(`${rule.severity} ${rule.name}: ${from} -> ${to}`);
if (totalCruised === 0) console.error('no module was looked at');
console.log(`rooms: ${totalCruised} modules, ${violations.length} violations`);
process.exit(totalCruised === 0 || error > 0 ? 1 : 0);
