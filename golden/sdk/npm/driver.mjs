// What the drivers of this folder have in common: the protocol of docs/judge.md. It
// knows nothing of any library.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';

export const notOffered = Symbol('not offered');

// run answers requests until the input ends. A library has name, module, offers,
// call(r), list(r, item) and explain(error); r has the servers of the first line.
// call and list return notOffered for what the library has nothing for.
export function run(library) {
  const say = (id, members) => process.stdout.write(line({ id, ...members }) + '\n');
  let servers;
  createInterface({ input: process.stdin }).on('line', async (text) => {
    const r = JSON.parse(text);
    try {
      if (r.do === 'start') {
        servers = r.servers;
        say(r.id, { name: library.name, version: version(library.module), offers: library.offers });
        return;
      }
      r.servers = servers;
      r.params ??= {};
      const result = r.do === 'list' ? await library.list(r, (item) => say(r.id, { item })) : r.do === 'receive' ? notOffered : await library.call(r);
      if (result === notOffered) say(r.id, { not_offered: r.action ?? r.do });
      else say(r.id, r.do === 'list' ? { done: true } : { result: result ?? null });
    } catch (e) {
      say(r.id, { error: { ...library.explain(e), text: String(e?.stack ?? e) } });
    }
  }).on('close', () => process.exit(0));
}

// line is a value as JSON. A BigInt, in which libraries hand on what no number holds,
// is a number in it.
const mark = randomUUID();
const marked = new RegExp(`"${mark}(-?\\d+)"`, 'g');

function line(value) {
  return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? mark + v : v)).replace(marked, '$1');
}

function version(module) {
  return 'v' + JSON.parse(readFileSync(new URL(`node_modules/${module}/package.json`, import.meta.url))).version;
}
