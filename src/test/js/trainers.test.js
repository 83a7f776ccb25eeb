// The emulator's table of trainers against the types of fal's newest client.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const types = readFileSync(new URL('node_modules/@fal-ai/client/src/types/endpoints.d.ts', import.meta.url), 'utf8');
const table = JSON.parse(readFileSync(process.env.TRAINERS, 'utf8'));

/** Required and optional members of an output type; follows one name for another. */
function members(name) {
  const alias = types.match(new RegExp(`export type ${name} = (\\w+);`));
  if (alias) return members(alias[1]);
  const body = types.match(new RegExp(`export (?:interface|type) ${name} (?:= )?\\{\\n([^]*?)\\n\\}`))[1];
  return [...body.matchAll(/^ {4}(\w+)(\??):/gm)].map(([, member, optional]) => ({ member, required: !optional }));
}

const known = new Map(
  [...types.matchAll(/"([^"]+)": \{\s+input: \w+;\s+output: (\w+);/g)].map(([, endpoint, output]) => [endpoint, output]),
);

test('every trainer that the client has types for answers these members', () => {
  const compared = [];
  for (const { output, endpoints } of table) {
    const prefixes = endpoints.filter((endpoint) => endpoint.endsWith('*')).map((endpoint) => endpoint.slice(0, -1));
    for (const [endpoint, type] of known) {
      if (!endpoints.includes(endpoint) && !prefixes.some((prefix) => endpoint.startsWith(prefix))) continue;
      compared.push(endpoint);
      const expected = members(type);
      assert.deepEqual(
        Object.keys(output).filter((member) => !expected.some((known) => known.member === member)),
        [],
        `${endpoint} has no such member`,
      );
      assert.deepEqual(
        expected.filter(({ member, required }) => required && !(member in output)),
        [],
        `${endpoint} always answers these`,
      );
    }
  }
  assert.ok(compared.length >= 35, `compared only ${compared.length}: ${compared}`);
});

test('no trainer of the client is missing in the table', () => {
  const listed = table.flatMap(({ endpoints }) => endpoints);
  const missing = [...known.keys()]
    .filter((endpoint) => /train(er|ing)/.test(endpoint))
    .filter((endpoint) => !listed.some((one) => one === endpoint || (one.endsWith('*') && endpoint.startsWith(one.slice(0, -1)))));
  assert.deepEqual(missing, []);
});
