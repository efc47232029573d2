import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/temporaryFolder.ts';
import { DatasetError, readCsv } from './csv.ts';

const folder = temporaryFolder();

function file(text: string | Buffer): string {
  const path = join(folder, 'table.csv');
  writeFileSync(path, text);
  return path;
}

/** A table of so many rows of each class. */
function table(header: string, classes: readonly string[], count = 5): string {
  const rows = classes.flatMap((name) => Array.from({ length: count }, (_, i) => `${i},${name}`));
  return [header, ...rows, ''].join('\n');
}

/** What reading a text is refused with. */
function refusal(text: string | Buffer, target = 'kind'): string {
  try {
    readCsv(file(text), target);
  } catch (error) {
    if (error instanceof DatasetError) return error.message.replace(`${folder}/`, '');
    throw error;
  }
  throw new Error('It was read');
}

describe('reading a CSV file', () => {
  it('takes the target as text and every other column as numbers', () => {
    const data = readCsv(
      file(`width,kind,height\n${'1.5,b,-2e3\n'.repeat(5)}${'0,a,7\n'.repeat(5)}`),
      'kind',
    );
    expect(data).toMatchObject({
      name: 'table',
      features: [
        { name: 'width', unit: '' },
        { name: 'height', unit: '' },
      ],
      classes: ['a', 'b'],
    });
    expect(data.rows[0]).toEqual([1.5, -2000]);
    expect(data.rows[9]).toEqual([0, 7]);
    expect(data.labels).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  it('reads a unit in the header', () => {
    const { features } = readCsv(file(table('petal length (cm),kind', ['a', 'b'])), 'kind');
    expect(features).toEqual([{ name: 'petal length', unit: 'cm' }]);
  });

  it('reads what spreadsheets write: a byte order mark, CRLF, quotes, spaces, empty lines', () => {
    const rows = '"1", "a, or b"\r\n\r\n'.repeat(5) + '2,c\r\n'.repeat(5);
    const data = readCsv(file(`\uFEFF"size",kind\r\n${rows}`), 'kind');
    expect(data.features[0]?.name).toBe('size');
    expect(data.classes).toEqual(['a, or b', 'c']);
    expect(data.rows).toHaveLength(10);
  });

  it.each([
    [
      ['10', '9', '-1'],
      ['-1', '9', '10'],
    ],
    [
      ['10', '9', '1a'],
      ['10', '1a', '9'],
    ],
    [
      ['1.0', '01', '1'],
      ['01', '1', '1.0'],
    ],
  ])('orders classes %j', (classes, expected) => {
    expect(readCsv(file(table('size,kind', classes)), 'kind').classes).toEqual(expected);
  });
});

describe('a CSV file that cannot be trained on', () => {
  it.each([
    ['is not there', () => readCsv(join(folder, 'none.csv'), 'kind'), /none\.csv/],
    ['is a folder', () => readCsv(folder, 'kind'), /EISDIR/],
  ])('%s', (_what, read, message) => {
    expect(read).toThrow(DatasetError);
    expect(read).toThrow(message);
  });

  it.each([
    ['', 'table.csv is empty'],
    ['size,kind\n', 'table.csv: column "kind" needs at least 2 classes, found none'],
    [table('size,sort', ['a', 'b']), 'table.csv has no column "kind"; it has "size", "sort"'],
    [table('size,kind', ['a']), 'table.csv: column "kind" needs at least 2 classes, found "a"'],
    ['kind\na\nb\n', 'table.csv has no column besides the target'],
    [table(',kind', ['a', 'b']), 'table.csv: a column has no name'],
    ['size,size,kind\n1,2,a\n', 'table.csv: two columns are called "size"'],
    [table('__proto__,kind', ['a', 'b']), 'table.csv: no column can be called "__proto__"'],
    [
      table('size,kind', ['a', '__proto__']),
      'table.csv: column "kind": "__proto__" cannot be a class',
    ],
    [
      table('"a\nb",kind', ['a', 'b']),
      'table.csv: the name of column 1 holds a control character, such as a line break or a tab; take it out',
    ],
    [
      table('size (\u009bm),kind', ['a', 'b']),
      'table.csv: the name of column 1 holds a control character, such as a line break or a tab; take it out',
    ],
    [
      'size,kind\n1,a\n2,\u001b[2J\n',
      'table.csv, line 3: "kind" holds a control character, such as a line break or a tab; take it out',
    ],
    ['size,kind\n1,a\n\ntall,b\n', 'table.csv, line 4: "size" is "tall", not a number'],
    ['size,kind\n1,a\n,b\n', 'table.csv, line 3: "size" is empty, not a number'],
    ['size,kind\n1,a\nInfinity,b\n', 'table.csv, line 3: "size" is "Infinity", not a number'],
    [
      'size,kind\n1,a\n1.7e308,b\n',
      'table.csv, line 3: "size" is 1.7e308, in size not from 1e-100 to 1e+100; give it in another unit',
    ],
    [
      'size,kind\n-5e-324,a\n1,b\n',
      'table.csv, line 2: "size" is -5e-324, in size not from 1e-100 to 1e+100; give it in another unit',
    ],
    ['size,kind\n1,a\n2,\n', 'table.csv, line 3: "kind" is empty'],
    [
      'size,kind\n1,a\n2,b\n2,b\n',
      'table.csv: class "a" has 1 row; 5-fold cross-validation needs at least 5 of each class',
    ],
  ])('says what is wrong with %j', (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  it.each([
    ['Latin-1', 'latin1'],
    ['UTF-16', 'utf16le'],
  ] as const)('is refused when it is %s, rather than read with other names', (_what, encoding) => {
    const text = Buffer.from(`\uFEFF${table('größe,kind', ['a', 'b'])}`, encoding);
    expect(refusal(text)).toBe(
      'table.csv is not UTF-8; save it as that (spreadsheets call it "CSV UTF-8"), or convert it: iconv -f LATIN1 -t UTF-8',
    );
  });

  it('keeps letters beyond ASCII', () => {
    const { features, classes } = readCsv(file(table('größe (µm),kind', ['blau', '青'])), 'kind');
    expect(features).toEqual([{ name: 'größe', unit: 'µm' }]);
    expect(classes).toEqual(['blau', '青']);
  });

  it('says on which line a row is too short', () => {
    expect(refusal('size,kind\n1,a\n2\n')).toMatch(/^table\.csv: .*line 3/);
  });

  it('takes a target of many values for a mistake', () => {
    const names = Array.from({ length: 257 }, (_, i) => `${i}`);
    expect(refusal(table('size,kind', names))).toMatch(/257 classes, the most is 256/);
  });
});
