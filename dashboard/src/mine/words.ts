/** What the page of mining says. */
import { plural } from '../i18n/plural.ts';

const en = {
  title: 'Mine',
  intro:
    'To mine is to guess: change a number in the header (the nonce), hash it, and look whether the hash is low enough. Nobody can do better than try, and everybody can check the result.',
  node: {
    title: 'On the node',
    off: 'The node does not mine.',
    on: (address: string) => `The node mines, and the rewards go to ${address}.`,
    busy: 'The node looks for the block that somebody asked for.',
    start: 'Start mining',
    stop: 'Stop mining',
    apply: 'Apply',
    threads: 'Threads',
    threadsNote: (cores: number, text: string) =>
      `1 to ${text}: the node has ${text} ${plural(cores, 'core', 'cores')}`,
    share: 'Share of the time',
    shareNote: 'in percent: less keeps the machine cool',
    wrongThreads: (most: string) => `Threads: a whole number from 1 to ${most}.`,
    wrongShare: 'Share: 1 to 100.',
    kernel: (kernel: string) => `Hashes with ${kernel}.`,
  },
  page: {
    title: 'In this page',
    intro:
      'Your browser guesses instead of the node, with the same code in threads of its own. A block that it finds goes to the node like that of any other miner.',
    start: 'Mine in this page',
    stop: 'Stop',
    off: 'This page does not mine.',
    on: (height: string) => `This page looks for block ${height}.`,
    threadsNote: (text: string) => `1 to ${text} in this browser`,
    found: (height: string) => `Found block ${height}, and the node took it.`,
    lost: (height: string) => `Found block ${height}, but another one came first.`,
    leave: 'It ends when you leave this page.',
  },
  rate: {
    label: 'Hash rate',
    idle: 'idle',
    value: (rate: string, unit: string) => `${rate} ${unit}`,
    tried: (hashes: string) => `${hashes} hashes tried`,
    expected: (time: string) => `a block takes ${time} on average at this rate`,
    faster: (times: string) => `The page is ${times} times as fast as the node.`,
    slower: (times: string) => `The node is ${times} times as fast as the page.`,
  },
  versus: {
    title: 'Hashes against the target',
    target: 'Target',
    targetNote: (bits: string, tries: string) =>
      `${bits} ${plural(bits, 'zero bit', 'zero bits')} in front: 1 in ${tries} hashes`,
    node: 'Best of the node',
    page: 'Best of this page',
    lastSearch: (name: string) => `${name}, in its last search`,
    none: 'nothing tried yet for this block',
    note: (bits: string) => `${bits} ${plural(bits, 'zero bit', 'zero bits')} in front`,
    met: '✓ low enough: this is a block',
    missing: (times: string) => `✕ not low enough: still ${times} times too high`,
    bits: 'The first 32 bits',
    hint: 'A hash is a number. It must not be higher than the target, so it must begin with as many zeros or more.',
  },
  found: {
    title: 'Found blocks',
    none: 'None yet since the node started.',
    height: 'Height',
    hash: 'Hash',
    by: 'Found',
    byNode: 'by the node',
    byPage: 'in this page',
    when: 'When',
    tried: 'Hashes',
    state: 'State',
  },
  retarget: {
    title: 'The target over time',
    height: 'Height',
    tries: 'Hashes for a block',
    never: 'The target of this network never changes.',
    countdown: (blocks: number, text: string, height: string) =>
      `In ${text} ${plural(blocks, 'block', 'blocks')}, at height ${height}, the target follows the time that blocks really took.`,
    harder: (mean: string, wanted: string, factor: string) =>
      `In this interval a block takes ${mean}; wanted are ${wanted}. If it goes on so, mining gets ${factor} times as hard.`,
    easier: (mean: string, wanted: string, factor: string) =>
      `In this interval a block takes ${mean}; wanted are ${wanted}. If it goes on so, mining gets ${factor} times as easy.`,
    same: (mean: string) =>
      `In this interval a block takes ${mean}, as it should. If it goes on so, the target stays.`,
    unknown: 'A forecast needs two blocks of this interval.',
    next: 'Next target then',
    plot: 'Hashes that a block needs on average, by height',
    summary: (from: string, to: string) => `From 1 in ${from} hashes to 1 in ${to} now.`,
    empty: 'There is no block yet.',
  },
};

const de: typeof en = {
  title: 'Schürfen',
  intro:
    'Schürfen heißt raten: eine Zahl im Header ändern (die Nonce), hashen, und sehen, ob der Hash niedrig genug ist. Niemand kann mehr tun als probieren, und alle können das Ergebnis prüfen.',
  node: {
    title: 'Auf dem Node',
    off: 'Der Node schürft nicht.',
    on: (address) => `Der Node schürft, und die Belohnungen gehen an ${address}.`,
    busy: 'Der Node sucht den Block, um den jemand bat.',
    start: 'Schürfen',
    stop: 'Aufhören',
    apply: 'Anwenden',
    threads: 'Threads',
    threadsNote: (cores, text) => `1 bis ${text}: Der Node hat ${text} ${plural(cores, 'Kern', 'Kerne')}`,
    share: 'Anteil der Zeit',
    shareNote: 'in Prozent: weniger hält die Maschine kühl',
    wrongThreads: (most) => `Threads: eine ganze Zahl von 1 bis ${most}.`,
    wrongShare: 'Anteil: 1 bis 100.',
    kernel: (kernel) => `Hasht mit ${kernel}.`,
  },
  page: {
    title: 'In dieser Seite',
    intro:
      'Dein Browser rät statt des Nodes, mit demselben Code in eigenen Threads. Ein Block, den er findet, geht an den Node wie der von jedem anderen.',
    start: 'In dieser Seite schürfen',
    stop: 'Aufhören',
    off: 'Diese Seite schürft nicht.',
    on: (height) => `Diese Seite sucht Block ${height}.`,
    threadsNote: (text) => `1 bis ${text} in diesem Browser`,
    found: (height) => `Block ${height} gefunden, und der Node nahm ihn.`,
    lost: (height) => `Block ${height} gefunden, doch ein anderer war schneller.`,
    leave: 'Es endet, wenn du diese Seite verlässt.',
  },
  rate: {
    label: 'Hashrate',
    idle: 'ruht',
    value: (rate, unit) => `${rate} ${unit}`,
    tried: (hashes) => `${hashes} Hashes probiert`,
    expected: (time) => `ein Block dauert so im Mittel ${time}`,
    faster: (times) => `Die Seite ist ${times}-mal so schnell wie der Node.`,
    slower: (times) => `Der Node ist ${times}-mal so schnell wie die Seite.`,
  },
  versus: {
    title: 'Hashes gegen das Ziel',
    target: 'Ziel',
    targetNote: (bits, tries) => `${bits} ${plural(bits, 'Nullbit', 'Nullbits')} vorn: 1 von ${tries} Hashes`,
    node: 'Bester des Nodes',
    page: 'Bester dieser Seite',
    lastSearch: (name) => `${name}, bei der letzten Suche`,
    none: 'für diesen Block noch nichts probiert',
    note: (bits) => `${bits} ${plural(bits, 'Nullbit', 'Nullbits')} vorn`,
    met: '✓ niedrig genug: ein Block',
    missing: (times) => `✕ nicht niedrig genug: noch ${times}-mal zu hoch`,
    bits: 'Die ersten 32 Bits',
    hint: 'Ein Hash ist eine Zahl. Sie darf nicht höher sein als das Ziel, muss also mit mindestens so vielen Nullen beginnen.',
  },
  found: {
    title: 'Gefundene Blöcke',
    none: 'Noch keiner seit dem Start des Nodes.',
    height: 'Höhe',
    hash: 'Hash',
    by: 'Gefunden',
    byNode: 'vom Node',
    byPage: 'in dieser Seite',
    when: 'Wann',
    tried: 'Hashes',
    state: 'Zustand',
  },
  retarget: {
    title: 'Das Ziel mit der Zeit',
    height: 'Höhe',
    tries: 'Hashes je Block',
    never: 'Das Ziel dieses Netzes ändert sich nie.',
    countdown: (blocks, text, height) =>
      `In ${text} ${plural(blocks, 'Block', 'Blöcken')}, bei Höhe ${height}, folgt das Ziel der Zeit, die Blöcke wirklich brauchten.`,
    harder: (mean, wanted, factor) =>
      `In diesem Abschnitt braucht ein Block ${mean}; gewünscht sind ${wanted}. Geht es so weiter, wird es ${factor}-mal so schwer.`,
    easier: (mean, wanted, factor) =>
      `In diesem Abschnitt braucht ein Block ${mean}; gewünscht sind ${wanted}. Geht es so weiter, wird es ${factor}-mal so leicht.`,
    same: (mean) =>
      `In diesem Abschnitt braucht ein Block ${mean}, wie er soll. Geht es so weiter, bleibt das Ziel.`,
    unknown: 'Eine Vorhersage braucht zwei Blöcke dieses Abschnitts.',
    next: 'Dann nächstes Ziel',
    plot: 'Hashes, die ein Block im Mittel braucht, nach Höhe',
    summary: (from, to) => `Von 1 in ${from} Hashes zu 1 in ${to} jetzt.`,
    empty: 'Es gibt noch keinen Block.',
  },
};

export const words = { en, de };
