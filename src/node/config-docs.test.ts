/** docs/configuration.md lists the options that there are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CONFIG_OPTIONS, type ConfigOption } from './config-options.ts';

const text = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

it('docs/configuration.md has a row for each option, as the help tells it', () => {
  const rows = text.split('\n').filter((line) => line.startsWith('| `--'));
  expect(rows.map(withoutLongTarget)).toEqual(CONFIG_OPTIONS.map(rowOf).map(withoutLongTarget));
});

function rowOf(option: ConfigOption): string {
  const flag = `--${option.flag} ${option.placeholder}`.replaceAll('|', '\\|');
  const usual = option.default === '' ? '–' : `\`${option.default}\``;
  return `| \`${flag}\` | \`${option.env}\` | ${usual} | ${option.description} |`;
}

/** The default target has 59 digits `f`; the table says it shorter. */
function withoutLongTarget(row: string): string {
  return row.includes('DEFAULT_TARGET') ? row.replace(/`0x[^|]*\|/, '|') : row;
}
