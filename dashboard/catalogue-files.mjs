/**
 * Words are written as TypeScript, both languages side by side, and sent as data: a JSON file for each language, of which a
 * page loads one. So nobody loads a language that they do not read, and no words are parsed as a script.
 *
 * A words file has this form, which {@link takeApart} insists on:
 *
 *   const en = { title: 'Mine', on: (height: string) => `The page looks for block ${height}.` };
 *   const de: typeof en = { … };
 *   export const words = { en, de };
 *
 * What is text, or text with places in it, goes to the file; other functions stay in the script. How a function stands in a file,
 * says src/i18n/catalogue.ts, which reads them.
 */
import { fileURLToPath } from 'node:url';

const WORDS_FILE = /\/dashboard\/src\/.*(words|meanings)\.ts$/;
const READER = fileURLToPath(new URL('src/i18n/catalogue.ts', import.meta.url));
const LANGUAGES = ['en', 'de'];
/** Not a value that can stand in JSON. */
const NOT_DATA = Symbol('not data');

export const catalogueFiles = {
  name: 'catalogue-files',
  // With the development server a page has both languages, as the tests have.
  apply: 'build',
  transform(code, id) {
    if (!WORDS_FILE.test(id.replaceAll('\\', '/'))) return null;
    const { exported, data, kept, head } = takeApart(code, this.parse(code));
    const name = /([\w-]+)\/[\w-]+\.ts$/.exec(id.replaceAll('\\', '/'))[1];
    const addresses = LANGUAGES.map((language) => {
      const source = JSON.stringify(data[language]);
      const file = this.emitFile({ type: 'asset', name: `${name}.${language}.json`, source });
      return `${language}: import.meta.ROLLUP_FILE_URL_${file}`;
    });
    const functions = LANGUAGES.map((language) => `${language}: ${kept[language]}`);
    return {
      code: `import { catalogue } from ${JSON.stringify(READER)};
${head}
export const ${exported} = await catalogue({ ${addresses.join(', ')} }, { ${functions.join(', ')} });`,
      map: null,
    };
  },
};

/**
 * @param code JavaScript of a words file
 * @param program its syntax tree (ESTree)
 * @returns the name that it exports; for each language what goes to the file, and source text of an object with what does not;
 *   and everything else that it says
 */
export function takeApart(code, program) {
  const constants = new Map();
  const kept = {};
  const data = {};
  let head = '';
  let exported;
  for (const statement of program.body) {
    const [first] = statement.declarations ?? statement.declaration?.declarations ?? [];
    const name = first?.id.name;
    if (statement.type === 'ExportNamedDeclaration') {
      const languages = first?.init.properties?.map((property) => property.key.name);
      if (exported !== undefined || languages?.join() !== LANGUAGES.join())
        throw new Error('a words file exports one constant, { en, de }');
      exported = name;
    } else if (LANGUAGES.includes(name)) {
      [data[name], kept[name]] = split(first.init, { code, constants });
    } else {
      if (first?.init.type === 'Literal') constants.set(name, first.init.value);
      head += `${code.slice(statement.start, statement.end)}\n`;
    }
  }
  if (exported === undefined) throw new Error('a words file exports { en, de }');
  for (const language of LANGUAGES)
    if (/\b(en|de)\b(?=[.[])/.test(kept[language]))
      throw new Error(`a function among the words must not refer to ${language}: the file is not there yet`);
  return { exported, data, kept, head };
}

/** Divides an object into what goes to the file and the source text of the rest, which has the same form. */
function split(object, scene) {
  const data = {};
  const rest = [];
  for (const property of object.properties) {
    const { start, end, key, value, computed } = property;
    const name = key === undefined || computed ? undefined : (key.name ?? String(key.value));
    const found = name === undefined ? NOT_DATA : toData(value, scene);
    if (found !== NOT_DATA) data[name] = found;
    else if (name !== undefined && value.type === 'ObjectExpression') {
      const [inner, others] = split(value, scene);
      data[name] = inner;
      rest.push(`${JSON.stringify(name)}: ${others}`);
    } else rest.push(scene.code.slice(start, end));
  }
  return [data, `{ ${rest.join(', ')} }`];
}

/** @param params of the function that the node stands in; undefined outside of one */
function toData(node, scene, params) {
  const inner = (other) => toData(other, scene, params);
  switch (node.type) {
    case 'Literal':
      return node.bigint === undefined && node.regex === undefined ? node.value : NOT_DATA;
    case 'ParenthesizedExpression':
      return inner(node.expression);
    case 'Identifier':
      if (params?.includes(node.name)) return { $text: [params.indexOf(node.name)] };
      return scene.constants.get(node.name) ?? NOT_DATA;
    case 'ArrayExpression':
      return allOf(node.elements.map(inner));
    case 'ObjectExpression':
      return objectOf(node, inner);
    case 'ArrowFunctionExpression': {
      const isPlain = node.params.every((param) => param.type === 'Identifier');
      if (params !== undefined || !isPlain || node.body.type === 'BlockStatement') return NOT_DATA;
      const names = node.params.map((param) => param.name);
      const body = toData(node.body, scene, names);
      return body === NOT_DATA ? NOT_DATA : { $function: body };
    }
    case 'TemplateLiteral': {
      const values = allOf(node.expressions.map(inner));
      if (values === NOT_DATA) return NOT_DATA;
      const parts = node.quasis.flatMap(({ value }, index) => [
        value.cooked,
        ...[values[index] ?? ''].flatMap(
          (piece) => piece.$text ?? (typeof piece === 'object' ? [piece] : [`${piece}`]),
        ),
      ]);
      const said = parts.filter((part) => part !== '');
      return params === undefined ? said.join('') : { $text: said };
    }
    case 'CallExpression': {
      const place = params?.indexOf(node.arguments[0]?.name) ?? -1;
      if (place < 0) return NOT_DATA;
      if (node.callee.name === 'String') return { $text: [place] };
      const forms = allOf(node.arguments.slice(1).map(inner));
      return node.callee.name === 'plural' && forms !== NOT_DATA ? { $plural: [place, ...forms] } : NOT_DATA;
    }
    case 'ConditionalExpression': {
      const { test } = node;
      const place = test.operator === '===' ? (params?.indexOf(test.left.name) ?? -1) : -1;
      const cases = allOf([test.right, node.consequent, node.alternate].map((other) => inner(other ?? test)));
      return place < 0 || cases === NOT_DATA ? NOT_DATA : { $if: [place, ...cases] };
    }
    default:
      return NOT_DATA;
  }
}

const allOf = (values) => (values.includes(NOT_DATA) ? NOT_DATA : values);

function objectOf(node, inner) {
  const found = {};
  for (const { key, value, computed } of node.properties) {
    const data = key === undefined || computed ? NOT_DATA : inner(value);
    if (data === NOT_DATA) return NOT_DATA;
    found[key.name ?? String(key.value)] = data;
  }
  return found;
}
