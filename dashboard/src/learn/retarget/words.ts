/** What the lesson about retargeting says. */
import { plural } from '../../i18n/plural.ts';

const GAPS_EN =
  'An interval of 10 blocks has 9 gaps. Bitcoin compares the time of 2,015 gaps with that of 2,016, a small error from its first day that can never be mended without a fork; here it was left out.';
const GAPS_DE =
  'Ein Intervall von 10 Blöcken hat 9 Abstände. Bitcoin vergleicht die Zeit von 2.015 Abständen mit der von 2.016, ein kleiner Fehler vom ersten Tag, der sich ohne Abspaltung nie beheben lässt; hier wurde er weggelassen.';

const en = {
  speed: (interval: string, seconds: string) => ({
    title: 'Twice the miners',
    text: [
      'Nobody knows how many will mine tomorrow. If the {target|The number that the hash of a block must not exceed.} stayed, twice the {hash rate|Hashes that all miners of a network try in a second.} would mean twice the blocks, and twice the new coins. So nodes look at the clock: after every {interval|So many blocks of a chain have the same target. Bitcoin has 2,016.} of blocks they compare the time that it took with the time that it should have taken, and change the target by that ratio.',
      `Below is the rule of your node, with its own code. It wants ${interval}, and a block every ${seconds} s. Choose the time between blocks so that mining gets twice as hard.`,
    ],
  }),
  interval: (blocks: string) => `an interval of ${blocks} blocks`,
  noInterval: (blocks: string) =>
    `no change of the target at all (\`RETARGET_INTERVAL\` is 0; the example has intervals of ${blocks} blocks)`,
  seconds: 'Seconds between blocks, on average',
  took: 'The interval took',
  wanted: 'It should have taken',
  now: 'Target now',
  next: 'Next target',
  result: 'Mining gets',
  harder: (times: string) => `${times} times as hard`,
  easier: (times: string) => `${times} times as easy`,
  same: 'neither harder nor easier',
  notTwice: 'mining must get 2 times as hard.',
  clamp: (fast: string, slow: string) => ({
    title: 'No leaps',
    text: [
      `Now let blocks come far too fast or far too slowly: ${fast} s apart or less, or ${slow} s or more. The rule has a {clamp|The ratio is held between a quarter and four.}: timestamps are what miners write, and a few lies must not throw the target out of all bounds.`,
    ],
  }),
  factor: 'How many times as hard or as easy can one step make it at most?',
  notFar: (fast: string, slow: string) =>
    `choose a time that is far off: ${fast} s or less, or ${slow} s or more.`,
  wrongFactor: 'look at what the rule makes of it, and at what you typed.',
  own: {
    title: 'Check your own chain',
    text: [
      'No node is told its target: each computes it from the blocks before, and refuses a block with another one (`bad-diffbits`). Do as they do: fetch the blocks from your node and compute it again in this page.',
    ],
  },
  mineTo: (height: string) =>
    `The target changes first at height ${height}. Mine up to there; or go on later.`,
  mineTwo: 'Two blocks are needed at least. Mine.',
  compute: 'Compute it again',
  computed: 'Computed here',
  real: (height: string) => `In block ${height}`,
  agrees: 'the same',
  differs: 'not the same',
  gaps: (count: number, text: string) => `${text} ${plural(count, 'gap', 'gaps')} between blocks`,
  none: 'This chain has had no change of the target yet. This is what the rule would make of its last blocks.',
  never:
    'Targets of this network never change (`RETARGET_INTERVAL` is 0). This is what the rule would make of its last blocks.',
  span: (seconds: string) => `${seconds} s`,
  notComputed: 'let the page compute it.',
  changedMeanwhile: 'the page and the block differ: compute it again.',
  happened: (count: number, text: string) => [
    `Your page came to the same as your node, from ${text} ${plural(count, 'gap', 'gaps')} between blocks. That is consensus without talking: same blocks, same rule, same target, to the last bit. So it is computed with whole numbers: rounding would split the network.`,
    GAPS_EN,
  ],
  tried: (count: number, text: string) => [
    `Your page did what your node does when an interval is full, with the last ${plural(count, 'gap', `${text} gaps`)} between blocks of your chain. Every node of a network does it by itself: same blocks, same rule, same target, to the last bit, without talking. So it is computed with whole numbers: rounding would split the network.`,
    GAPS_EN,
  ],
};

const de: typeof en = {
  speed: (interval, seconds) => ({
    title: 'Doppelt so viele Miner',
    text: [
      'Niemand weiß, wie viele morgen schürfen. Bliebe das {Ziel|Die Zahl, die der Hash eines Blocks nicht überschreiten darf.} gleich, gäbe die doppelte {Hashrate|Hashes, die alle Miner eines Netzes in einer Sekunde probieren.} doppelt so viele Blöcke und doppelt so viele neue Coins. Darum sehen Nodes auf die Uhr: Nach jedem {Intervall|So viele Blöcke einer Kette haben dasselbe Ziel. Bei Bitcoin sind es 2.016.} vergleichen sie die Zeit, die es brauchte, mit der, die es hätte brauchen sollen, und ändern das Ziel um dieses Verhältnis.',
      `Unten ist die Regel deines Nodes, mit seinem eigenen Code. Sie will ${interval} und alle ${seconds} s einen Block. Wähl die Zeit zwischen Blöcken so, dass Schürfen doppelt so schwer wird.`,
    ],
  }),
  interval: (blocks) => `Intervalle von ${blocks} Blöcken`,
  noInterval: (blocks) =>
    `gar keine Änderung des Ziels (\`RETARGET_INTERVAL\` ist 0; das Beispiel hat Intervalle von ${blocks} Blöcken)`,
  seconds: 'Sekunden zwischen Blöcken, im Mittel',
  took: 'Das Intervall brauchte',
  wanted: 'Es hätte brauchen sollen',
  now: 'Ziel jetzt',
  next: 'Nächstes Ziel',
  result: 'Schürfen wird',
  harder: (times) => `${times}-mal so schwer`,
  easier: (times) => `${times}-mal so leicht`,
  same: 'weder schwerer noch leichter',
  notTwice: 'Schürfen muss 2-mal so schwer werden.',
  clamp: (fast, slow) => ({
    title: 'Keine Sprünge',
    text: [
      `Lass Blöcke nun viel zu schnell oder viel zu langsam kommen: höchstens ${fast} s auseinander oder mindestens ${slow} s. Die Regel hat eine {Klammer|Das Verhältnis wird zwischen einem Viertel und vier gehalten.}: Zeitstempel schreiben die Miner, und ein paar Lügen dürfen das Ziel nicht aus allen Grenzen werfen.`,
    ],
  }),
  factor: 'Wievielmal so schwer oder so leicht macht es ein Schritt höchstens?',
  notFar: (fast, slow) =>
    `Wähle eine Zeit, die weit daneben liegt: höchstens ${fast} s oder mindestens ${slow} s.`,
  wrongFactor: 'Sieh, was die Regel daraus macht und was du getippt hast.',
  own: {
    title: 'Prüfe deine eigene Kette',
    text: [
      'Keinem Node wird sein Ziel gesagt: Jeder berechnet es aus den Blöcken davor und lehnt einen Block mit einem anderen ab (`bad-diffbits`). Mach es wie sie: Hol die Blöcke von deinem Node und rechne in dieser Seite nach.',
    ],
  },
  mineTo: (height) =>
    `Das Ziel ändert sich zuerst auf Höhe ${height}. Schürfe bis dorthin, oder mach später weiter.`,
  mineTwo: 'Zwei Blöcke braucht es mindestens. Schürfe.',
  compute: 'Nachrechnen',
  computed: 'Hier berechnet',
  real: (height) => `In Block ${height}`,
  agrees: 'dasselbe',
  differs: 'nicht dasselbe',
  gaps: (count, text) => `${text} ${plural(count, 'Abstand', 'Abstände')} zwischen Blöcken`,
  none: 'In dieser Kette hat sich das Ziel noch nie geändert. Das würde die Regel aus ihren letzten Blöcken machen.',
  never:
    'In diesem Netz ändert sich das Ziel nie (`RETARGET_INTERVAL` ist 0). Das würde die Regel aus den letzten Blöcken machen.',
  span: (seconds) => `${seconds} s`,
  notComputed: 'Lass die Seite es berechnen.',
  changedMeanwhile: 'Die Seite und der Block sind verschieden: Rechne noch einmal nach.',
  happened: (count, text) => [
    `Deine Seite kam aus ${plural(count, 'einem Abstand', `${text} Abständen`)} zwischen Blöcken auf dasselbe wie dein Node. Das ist Konsens ohne Reden: dieselben Blöcke, dieselbe Regel, dasselbe Ziel, bis aufs letzte Bit. Darum wird mit ganzen Zahlen gerechnet: Rundung würde das Netz spalten.`,
    GAPS_DE,
  ],
  tried: (count, text) => [
    `Deine Seite hat aus ${plural(count, 'dem letzten Abstand', `den letzten ${text} Abständen`)} zwischen Blöcken deiner Kette berechnet, was dein Node berechnet, wenn ein Intervall voll ist. Jeder Node eines Netzes tut das für sich: dieselben Blöcke, dieselbe Regel, dasselbe Ziel, bis aufs letzte Bit, ohne Reden. Darum wird mit ganzen Zahlen gerechnet: Rundung würde das Netz spalten.`,
    GAPS_DE,
  ],
};

export const words = { en, de };
