/**
 * Reads a Dockerfile: stages, instructions, their flags and words. As much of the syntax as docker/Dockerfile uses; what it
 * does not know (here-documents, ONBUILD ...) it refuses.
 */

/** One instruction, like `COPY --from=build /app/dist dist`. */
export interface Instruction {
  /** In capitals. */
  readonly name: string;
  /** `--from=build` is `from: 'build'`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows the flags, on one line. */
  readonly text: string;
  /** The same as words; those of a JSON array where it is one. */
  readonly words: readonly string[];
  /** Whether the words were a JSON array: then no shell is started. */
  readonly isExecForm: boolean;
}

export interface Stage {
  readonly name: string;
  /** With the defaults of ARG put in. */
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

const KNOWN = new Set([
  ...[
    'ARG',
    'CMD',
    'COPY',
    'ENTRYPOINT',
    'ENV',
    'EXPOSE',
    'FROM',
    'HEALTHCHECK',
    'LABEL',
    'RUN',
    'STOPSIGNAL',
  ],
  ...['USER', 'VOLUME', 'WORKDIR'],
]);

/** @throws on an instruction that it does not know */
export function parseDockerfile(text: string): Stage[] {
  const defaults = new Map<string, string>();
  const stages: { name: string; image: string; instructions: Instruction[] }[] = [];
  for (const line of logicalLines(text)) {
    const instruction = parseInstruction(line);
    const stage = stages.at(-1);
    if (instruction.name === 'FROM') {
      const [image = '', as, name] = instruction.words;
      if (as?.toUpperCase() !== 'AS' || name === undefined)
        throw new Error(`a stage without a name: ${line}`);
      stages.push({ name, image: fillIn(image, defaults), instructions: [] });
    } else if (stage === undefined) {
      const [name = '', value = ''] = instruction.text.split('=');
      if (instruction.name !== 'ARG') throw new Error(`before FROM there is only ARG: ${line}`);
      defaults.set(name, value);
    } else {
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

/** `NAME=value NAME="value"` of ENV and LABEL. */
export function assignments({ text }: Instruction): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g)].map(([, name = '', quoted, bare]) => [
      name,
      quoted ?? bare ?? '',
    ]),
  );
}

function fillIn(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole);
}

/** Lines without comments; a backslash at the end joins the next one. */
function logicalLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim());
}

function parseInstruction(line: string): Instruction {
  const [, name = '', rest = ''] = /^([A-Za-z]+)\s+(.*)$/.exec(line) ?? [];
  if (!KNOWN.has(name) || rest.includes('<<')) throw new Error(`not understood in the Dockerfile: ${line}`);
  const [flagText = ''] = /^(--[\w-]+=\S+\s+)*/.exec(rest) ?? [];
  const text = rest.slice(flagText.length);
  const flags = Object.fromEntries(
    [...flagText.matchAll(/--([\w-]+)=(\S+)/g)].map(([, flag = '', value = '']) => [flag, value]),
  );
  const isExecForm = text.startsWith('[');
  const words = isExecForm ? (JSON.parse(text) as string[]) : text.split(/\s+/);
  return { name, flags, text, words, isExecForm };
}
