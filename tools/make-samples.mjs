// Writes samples/collections anew from the stories in src/scenario, with a fixed seed. Run it after a change there: npm run samples.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { STORIES, tellStory } from '../dist/scenario/index.js';

const SEED = 1210;
for (const story of STORIES) {
  const folder = 'samples/collections';
  rmSync(join(folder, story.id), { recursive: true, force: true });
  let bytes = 0;
  for (const [path, content] of tellStory(story, SEED)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    bytes += content.length;
  }
  console.log(`${folder}/${story.id}: ${bytes} bytes, ${story.title}`);
}
