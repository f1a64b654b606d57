/** What the lesson about nonces and targets says. */
import { plural } from '../../i18n/plural.ts';

const en = {
  hand: {
    title: 'Try nonces by hand',
    text: [
      'A {block|A header, and the transactions that it commits to.} has a {header|108 bytes: version, hash of the block before, Merkle root, time, target and nonce.}. These are the fields of the block that your node could mine next.',
      'All are given but the {nonce|A number without a meaning. Miners change it to get another hash.}. Change it until the hash begins with a 0.',
    ],
  },
  nonce: 'Nonce',
  next: 'Next nonce',
  field: { prev: 'Block before', root: 'Merkle root', time: 'Time', target: 'Target', hash: 'Hash' },
  untouched: 'change the nonce first.',
  begins: (digit: string) => `the hash begins with ${digit}, not with 0. Try another nonce.`,
  tried: (count: number, text: string) => `${text} ${plural(count, 'hash', 'hashes')} tried`,
  search: {
    title: 'Let the page try',
    text: [
      'The {target|A number. The hash, read as a number, must not be above it. More zeros in front: a smaller target.} says how small the hash must be. Each further zero in front makes it sixteen times harder.',
      'Search with two different numbers of zeros, and compare how many tries they took.',
    ],
  },
  zeros: (count: number) => `${count} ${plural(count, 'zero', 'zeros')}`,
  table: ['Zeros', 'Tries on average', 'Tries this time'],
  twice: 'search with two different numbers of zeros.',
  mine: {
    title: 'Mine a real block',
    text: [
      'Now your node does the same with the real target. It tells the whole network when it has a block.',
    ],
  },
  expected: (tries: string) => `The target of your network takes about ${tries} tries.`,
  notMined: 'no block of yours is on the chain yet. Mine one.',
  lost: 'your block lost against another one. That happens; mine again.',
  happened: (tries: string) => [
    `Your node tried ${tries} hashes. Nobody can shorten that: a hash cannot be aimed. So a block is {proof of work|Everybody sees with one hash that about so many were tried.}, and it takes just one hash to check.`,
  ],
};

const de: typeof en = {
  hand: {
    title: 'Probiere Nonces von Hand',
    text: [
      'Ein {Block|Ein Kopf und die Transaktionen, auf die er sich festlegt.} hat einen {Kopf|108 Bytes: Version, Hash des Blocks davor, Merkle-Wurzel, Zeit, Ziel und Nonce.}. Dies sind die Felder des Blocks, den dein Node als Nächstes schürfen könnte.',
      'Alle stehen fest, nur die {Nonce|Eine Zahl ohne Bedeutung. Wer schürft, ändert sie, um einen anderen Hash zu bekommen.} nicht. Ändere sie, bis der Hash mit einer 0 beginnt.',
    ],
  },
  nonce: 'Nonce',
  next: 'Nächste Nonce',
  field: { prev: 'Block davor', root: 'Merkle-Wurzel', time: 'Zeit', target: 'Ziel', hash: 'Hash' },
  untouched: 'Ändere zuerst die Nonce.',
  begins: (digit) => `Der Hash beginnt mit ${digit}, nicht mit 0. Probiere eine andere Nonce.`,
  tried: (count, text) => `${text} ${plural(count, 'Hash', 'Hashes')} probiert`,
  search: {
    title: 'Lass die Seite probieren',
    text: [
      'Das {Ziel|Eine Zahl. Der Hash, als Zahl gelesen, darf nicht darüber liegen. Mehr Nullen vorn: ein kleineres Ziel.} sagt, wie klein der Hash sein muss. Jede weitere Null vorn macht es sechzehnmal schwerer.',
      'Suche mit zwei verschiedenen Anzahlen von Nullen und vergleiche, wie viele Versuche es waren.',
    ],
  },
  zeros: (count) => `${count} ${plural(count, 'Null', 'Nullen')}`,
  table: ['Nullen', 'Versuche im Mittel', 'Versuche diesmal'],
  twice: 'Suche mit zwei verschiedenen Anzahlen von Nullen.',
  mine: {
    title: 'Schürfe einen echten Block',
    text: [
      'Jetzt tut dein Node dasselbe mit dem echten Ziel. Hat er einen Block, sagt er es dem ganzen Netz.',
    ],
  },
  expected: (tries) => `Das Ziel deines Netzes kostet etwa ${tries} Versuche.`,
  notMined: 'Noch ist kein Block von dir auf der Kette. Schürfe einen.',
  lost: 'Dein Block hat gegen einen anderen verloren. Das kommt vor; schürfe noch einmal.',
  happened: (tries) => [
    `Dein Node hat ${tries} Hashes probiert. Niemand kann das abkürzen: Mit einem Hash lässt sich nicht zielen. So ist ein Block ein {Arbeitsnachweis|Jeder sieht mit einem Hash, dass etwa so viele probiert wurden.}, und zum Prüfen reicht ein einziger Hash.`,
  ],
};

export const words = { en, de };
